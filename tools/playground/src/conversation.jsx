import { useMemo } from "react";
import { Composer } from "./composer.jsx";
import { Dropzone } from "./dropzone.jsx";
import { Home } from "./home.jsx";
import { Icon } from "./icons.jsx";
import { Message } from "./message.jsx";
import { Avatar, nameOf } from "./people.jsx";
import { Scroller } from "./scroller.jsx";
import { Status } from "./status.jsx";
import { dayOf } from "./time.js";
import { useSending } from "./sending.js";

const TABS = [["home", "Home"], ["messages", "Messages"], ["about", "About"]];
const TOGETHER_SECONDS = 300;

export function Conversation({ screen, channel, tab, unread, moveTo, desk, opened, threadOpen }) {
  return (
    <main className="conversation">
      <Head {...{ screen, channel, tab, unread, moveTo }} />
      {tab === "home" && <Home screen={screen} desk={desk} opened={opened} />}
      {tab === "about" && <About screen={screen} />}
      {tab === "messages" && <Messages {...{ screen, channel, desk, threadOpen }} />}
    </main>
  );
}

function Head({ screen, channel, tab, unread, moveTo }) {
  if (!channel.is_im) {
    return (
      <header className="conversation-head">
        <h2><Icon name="hash" size={18} />{channel.name}</h2>
        <Members screen={screen} channel={channel} />
      </header>
    );
  }
  return (
    <header className="conversation-head with-tabs">
      <h2><Avatar person={screen.people[screen.bot]} size={24} />{nameOf(screen, screen.bot)}<span className="app-tag">APP</span></h2>
      <div className="tabs" role="tablist" aria-label="Sales coach">
        {TABS.map(([name, label]) => (
          <button key={name} type="button" role="tab" aria-selected={tab === name} onClick={() => moveTo({ channel: channel.id, tab: name })}>
            {label}{name === "messages" && unread[channel.id] > 0 && <span className="badge">{unread[channel.id]}</span>}
          </button>
        ))}
      </div>
    </header>
  );
}

function Members({ screen, channel }) {
  const people = channel.members.map((id) => screen.people[id]);
  const guests = people.filter((person) => person.is_guest).length;
  return (
    <p className="members" title={people.map((person) => person.name).join(", ")}>
      <span className="faces">{people.slice(0, 3).map((person) => <Avatar key={person.name} person={person} size={22} />)}</span>
      {people.length}{guests > 0 && <span className="guest-tag">with {guests === 1 ? "a guest" : `${guests} guests`}</span>}
    </p>
  );
}

function Messages({ screen, channel, desk, threadOpen }) {
  const all = screen.messages[channel.id];
  const roots = useMemo(() => all.filter((one) => !one.thread_ts || one.thread_ts === one.ts), [all]);
  const replies = useMemo(() => Map.groupBy(all.filter((one) => one.thread_ts && one.thread_ts !== one.ts), (one) => one.thread_ts), [all]);
  const { send, sendFile } = useSending(desk, channel, null);
  const agents = screen.agents[channel.id];
  const prompts = channel.is_im ? agents.prompts[""] ?? screen.prompts : [];
  return (
    <Dropzone onFile={sendFile} enabled>
      <Scroller watch={roots.length} label={channel.name || nameOf(screen, screen.bot)}>
        <Welcome screen={screen} channel={channel} />
        {roots.map((message, index) => (
          <Entry key={message.ts} {...{ screen, channel, desk, message, threadOpen }} before={roots[index - 1]}
            replies={replies.get(message.ts)} status={agents.statuses[message.ts]} />
        ))}
      </Scroller>
      <Status screen={screen} channel={channel} thread={null} desk={desk} />
      {prompts.length > 0 && (
        <div className="prompts" aria-label="Suggested prompts">
          {prompts.map((prompt) => (
            <button key={prompt.title} type="button" className="prompt" title={prompt.message} onClick={() => send(prompt.message)}>{prompt.title}</button>
          ))}
        </div>
      )}
      <Composer screen={screen} channel={channel} onSend={send} onFile={sendFile}
        hint={channel.is_im ? `Message ${nameOf(screen, screen.bot)}` : `Message #${channel.name}`} />
    </Dropzone>
  );
}

function Entry({ screen, channel, desk, message, before, replies, status, threadOpen }) {
  const day = dayOf(message.ts, screen.now);
  const newDay = !before || dayOf(before.ts, screen.now) !== day;
  const together = !newDay && before.user === message.user && message.ts - before.ts < TOGETHER_SECONDS
    && !message.is_ephemeral && !before.is_ephemeral;
  return (
    <>
      {newDay && <div className="day"><span>{day}</span></div>}
      <Message {...{ screen, channel, desk, message, together, replies, status }} inThread={threadOpen === message.ts} />
    </>
  );
}

function Welcome({ screen, channel }) {
  if (!channel.is_im) {
    return (
      <div className="welcome">
        <h3><Icon name="hash" size={26} /> {channel.name}</h3>
        <p>Type <kbd>/consult</kbd> and the name of a deal, or mention <b>@{nameOf(screen, screen.bot)}</b>. What is said about a deal only you will see.</p>
      </div>
    );
  }
  return (
    <div className="welcome">
      <Avatar person={screen.people[screen.bot]} size={52} />
      <h3>{nameOf(screen, screen.bot)}</h3>
      <p>{screen.about}</p>
    </div>
  );
}

function About({ screen }) {
  return (
    <div className="about">
      <Avatar person={screen.people[screen.bot]} size={72} />
      <h3>{nameOf(screen, screen.bot)}</h3>
      <p>{screen.about}</p>
      <p>You are looking at a local Slack. The app behind it is the one you would install, word for word: its manifest decides
        what it may hear and say, and every click travels as Slack would send it.</p>
      <h4>Commands</h4>
      <ul>{screen.commands.map((one) => <li key={one.command}><kbd>{one.command}</kbd> {one.description}</li>)}</ul>
    </div>
  );
}
