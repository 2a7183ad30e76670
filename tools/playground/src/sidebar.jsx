import { useState } from "react";
import { Icon } from "./icons.jsx";
import { toldBefore } from "./unread.js";
import { Avatar, nameOf } from "./people.jsx";

// The people one may act as, like workspaces in Slack's own rail.
export function Rail({ screen, onChoose }) {
  return (
    <nav className="rail" aria-label="Act as">
      <p className="rail-title">Act as</p>
      {screen.roles.map(({ id, role, told }) => {
        const name = nameOf(screen, id);
        const isMe = id === screen.me;
        const waits = !isMe && told > toldBefore(id);
        return (
          <button key={id} type="button" className={`rail-person ${isMe ? "current" : ""}`} aria-pressed={isMe} data-person={id}
            aria-label={`Act as ${name}, ${role}`} title={`${name} · ${role}${waits ? " · the coach wrote" : ""}`} onClick={() => onChoose(id)}>
            <Avatar person={screen.people[id]} size={38} />
            {waits && <span className="rail-waiting" />}
            <span className="rail-role">{role}</span>
          </button>
        );
      })}
    </nav>
  );
}

export function Sidebar({ screen, channel, unread, moveTo, act, notify, direct }) {
  const me = screen.roles.find(({ id }) => id === screen.me);
  const channels = screen.channels.filter((one) => !one.is_im);
  return (
    <aside className="sidebar" aria-label="Channels">
      <div className="sidebar-head">
        <h1>{screen.company}</h1>
        <p><span className="presence" /> {nameOf(screen, screen.me)}<small>{me?.role}</small></p>
      </div>
      <Section title="Apps">
        <Entry current={channel.id === direct.id} count={unread[direct.id]} onClick={() => moveTo({ channel: direct.id })}>
          <Avatar person={screen.people[screen.bot]} size={20} /> {nameOf(screen, screen.bot)}
        </Entry>
      </Section>
      <Section title="Channels">
        {channels.map((one) => (
          <Entry key={one.id} current={channel.id === one.id} count={unread[one.id]} onClick={() => moveTo({ channel: one.id })}>
            <Icon name="hash" size={16} /> {one.name}
          </Entry>
        ))}
      </Section>
      <Section title="Make it happen">
        {screen.tricks.map((name) => <Trick key={name} {...{ name, act, notify }} />)}
      </Section>
      <p className="sidebar-foot">Everything here goes as real payloads through the app you would install; only Slack is played.</p>
    </aside>
  );
}

function Section({ title, children }) {
  return <section className="sidebar-section"><h2>{title}</h2>{children}</section>;
}

function Entry({ current, count, onClick, children }) {
  return (
    <button type="button" className={`entry ${current ? "current" : ""} ${count ? "unread" : ""}`} aria-current={current ? "page" : undefined} onClick={onClick}>
      <span className="entry-name">{children}</span>
      {count > 0 && <span className="badge" aria-label={`${count} unread`}>{count}</span>}
    </button>
  );
}

function Trick({ name, act, notify }) {
  const [busy, setBusy] = useState(false);
  async function play() {
    setBusy(true);
    const outcome = await act({ act: "trick", name });
    setBusy(false);
    notify(outcome.ok ? outcome.note : outcome.error, outcome.ok ? "plain" : "bad");
  }
  return (
    <button type="button" className="entry trick" disabled={busy} aria-busy={busy} onClick={play}>
      <span className="entry-name"><Icon name={name.includes("digest") ? "sun" : "clock"} size={16} /> {name}{busy && "…"}</span>
    </button>
  );
}
