import { useCallback, useMemo, useState } from "react";
import { Blocks, Words } from "./blocks.jsx";
import { Icon } from "./icons.jsx";
import { LayoutProvider } from "./layout.jsx";
import { Avatar, nameOf } from "./people.jsx";
import { clock, instant, shortClock } from "./time.js";

const LONG = 1200;

export function Message({ screen, channel, desk, message, together, replies, status, threaded, inThread }) {
  const author = screen.people[message.user];
  const open = () => desk.go({ channel: channel.id, tab: "messages", thread: message.ts });
  return (
    <article className={`message ${together ? "together" : ""} ${message.is_ephemeral ? "ephemeral" : ""} ${inThread ? "in-thread" : ""}`}
      data-ts={message.ts} aria-label={`${author?.name}, ${clock(message.ts)}`}>
      <div className="message-side">
        {together ? <time className="quiet-time">{shortClock(message.ts)}</time> : <Avatar person={author} />}
      </div>
      <div className="message-main">
        {message.is_ephemeral && <p className="only-you"><Icon name="eye" size={14} /> Only visible to you</p>}
        {!together && (
          <p className="message-head">
            <b>{author?.name}</b>{author?.is_bot && <span className="app-tag">APP</span>}
            {author?.is_guest && <span className="guest-tag">Guest</span>}
            <time dateTime={instant(message.ts).toISOString()}>{clock(message.ts)}</time>
          </p>
        )}
        <Content {...{ screen, channel, desk, message }} />
        {message.files?.map((file) => <File key={file.id} file={file} />)}
        <Reactions screen={screen} reactions={message.reactions} />
        {!threaded && (replies?.length > 0 || status) && <Replies {...{ screen, replies: replies ?? [], status, open }} />}
      </div>
      {!threaded && !message.is_ephemeral && (
        <div className="hover-tools">
          <button type="button" className="icon-button" aria-label="Reply in thread" title="Reply in thread" onClick={open}><Icon name="thread" /></button>
        </div>
      )}
    </article>
  );
}

function Content({ screen, channel, desk, message }) {
  const target = useMemo(() => ({ channel: channel.id, ts: message.ts }), [channel.id, message.ts]);
  const isApps = Boolean(message.bot_id);
  return (
    <LayoutProvider screen={screen} act={desk.act} notify={desk.notify} target={target} blocks={message.blocks}>
      {message.plan_title && <p className="plan-title">{message.plan_title}</p>}
      {message.tasks.map((task) => <Task key={task.id} task={task} />)}
      {isApps && message.blocks.length > 0 && !message.is_streaming ? <Blocks blocks={message.blocks} /> : <Text message={message} />}
      {message.edited && <span className="edited">(edited)</span>}
    </LayoutProvider>
  );
}

function Task({ task }) {
  return <p className={`task ${task.status}`}><span className="task-mark" aria-hidden="true" />{task.title}</p>;
}

// Streamed words are markdown; what people write is mrkdwn, and folded when it is long.
function Text({ message }) {
  const [unfolded, setUnfolded] = useState(false);
  const flip = useCallback(() => setUnfolded((was) => !was), []);
  if (message.is_streaming) {
    return <div className="streaming" aria-busy="true"><Blocks blocks={[{ type: "markdown", block_id: "stream", text: message.text || " " }]} /></div>;
  }
  if (!message.text) return null;
  const long = message.text.length > LONG;
  return (
    <div className="words">
      <Words text={long && !unfolded ? `${message.text.slice(0, LONG)}…` : message.text} />
      {long && <button type="button" className="unfold" onClick={flip}>{unfolded ? "Show less" : "Show more"}</button>}
    </div>
  );
}

function File({ file }) {
  return (
    <p className="file">
      <span className="file-mark"><Icon name="file" size={22} /></span>
      <span><b>{file.name}</b><small>{Math.max(1, Math.round(file.size / 1024))} kB</small></span>
    </p>
  );
}

function Reactions({ screen, reactions }) {
  if (!reactions?.length) return null;
  return (
    <p className="reactions">
      {reactions.map(({ name, users, count }) => (
        <span key={name} className="reaction" title={users.map((id) => nameOf(screen, id)).join(", ")}><Words text={`:${name}:`} /> {count}</span>
      ))}
    </p>
  );
}

function Replies({ screen, replies, status, open }) {
  const authors = [...new Set(replies.map((reply) => reply.user))];
  const last = replies.at(-1);
  return (
    <button type="button" className="replies" onClick={open}>
      {authors.map((id) => <Avatar key={id} person={screen.people[id]} size={22} />)}
      {replies.length > 0 && <b>{replies.length} {replies.length === 1 ? "reply" : "replies"}</b>}
      <span className="replies-note">{status ? `${nameOf(screen, screen.bot)} ${status}` : `Last reply at ${clock(last.ts)}`}</span>
      <Icon name="chevron" size={15} />
    </button>
  );
}
