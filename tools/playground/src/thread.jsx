import { useEffect, useRef } from "react";
import { Composer } from "./composer.jsx";
import { Dropzone } from "./dropzone.jsx";
import { Icon } from "./icons.jsx";
import { Message } from "./message.jsx";
import { nameOf } from "./people.jsx";
import { Scroller } from "./scroller.jsx";
import { useSending } from "./sending.js";
import { Status } from "./status.jsx";

export function Thread({ screen, channel, root, desk }) {
  const messages = screen.messages[channel.id].filter((one) => one.ts === root || one.thread_ts === root);
  const { send, sendFile } = useSending(desk, channel, root);
  const panel = useRef(null);
  const close = () => desk.go({ thread: null });
  const prompts = screen.agents[channel.id].prompts[root] ?? [];

  useEffect(() => {
    panel.current.querySelector("textarea")?.focus();
  }, []);

  return (
    <aside className="thread" ref={panel} aria-label="Thread" onKeyDown={(event) => event.key === "Escape" && close()}>
      <header className="conversation-head">
        <button type="button" className="icon-button thread-back" aria-label="Back" onClick={close}><Icon name="back" size={20} /></button>
        <h2>Thread</h2>
        <p className="thread-place">{channel.is_im ? nameOf(screen, screen.bot) : `#${channel.name}`}</p>
        <button type="button" className="icon-button thread-close" aria-label="Close thread" onClick={close}><Icon name="close" size={20} /></button>
      </header>
      <Dropzone onFile={sendFile}>
        <Scroller watch={messages.length} label="Thread">
          {messages.length === 0 && <p className="gone">This thread is gone.</p>}
          {messages.map((message, index) => (
            <div key={message.ts}>
              <Message {...{ screen, channel, desk, message }} threaded />
              {index === 0 && messages.length > 1 && (
                <div className="replies-line"><span>{messages.length - 1} {messages.length === 2 ? "reply" : "replies"}</span></div>
              )}
            </div>
          ))}
        </Scroller>
        <Status screen={screen} channel={channel} thread={root} desk={desk} />
        {prompts.length > 0 && (
          <div className="prompts">{prompts.map((one) => <button key={one.title} type="button" className="prompt" onClick={() => send(one.message)}>{one.title}</button>)}</div>
        )}
        <Composer screen={screen} channel={channel} onSend={send} onFile={sendFile} hint="Reply…" threaded />
      </Dropzone>
    </aside>
  );
}
