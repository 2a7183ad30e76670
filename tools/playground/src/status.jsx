// The line above the composer: what the coach is doing, and Stop.
import { Icon } from "./icons.jsx";
import { nameOf } from "./people.jsx";

export function Status({ screen, channel, thread, desk }) {
  const { statuses, sessions } = screen.agents[channel.id];
  const at = thread ?? Object.keys(statuses).at(-1);
  const text = at && statuses[at];
  const running = at && sessions[at] === "processing";
  async function stop() {
    const outcome = await desk.act({ act: "stop", channel: channel.id, thread_ts: at });
    if (!outcome.ok) desk.notify(outcome.error, "bad");
  }
  return (
    <div className="status" role="status">
      {(text || running) && <p><span className="dots" aria-hidden="true"><i /><i /><i /></span><b>{nameOf(screen, screen.bot)}</b> {text || "is at work…"}</p>}
      {running && <button type="button" className="stop" onClick={stop}><Icon name="stop" size={13} /> Stop</button>}
    </div>
  );
}
