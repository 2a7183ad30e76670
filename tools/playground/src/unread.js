// What the coach wrote where one has not looked yet, counted by channel.
import { useEffect, useMemo, useState } from "react";

const seenBy = new Map();

function seenOf(person) {
  if (!seenBy.has(person)) seenBy.set(person, new Map());
  return seenBy.get(person);
}

// The timestamp of the last message with the coach that this person has seen here.
export function toldBefore(person) {
  return [...seenOf(person).values()].reduce((latest, ts) => (ts > latest ? ts : latest), "0");
}

export function useUnread(screen, watched) {
  const seen = seenOf(screen.me);
  const [, redraw] = useState(0);
  const newest = watched ? screen.messages[watched]?.at(-1)?.ts : null;
  useEffect(() => {
    if (!watched || !newest) return;
    seen.set(watched, newest);
    redraw((count) => count + 1);
  }, [seen, watched, newest]);
  return useMemo(() => {
    const counts = {};
    for (const [channel, messages] of Object.entries(screen.messages)) {
      const after = seen.get(channel) ?? "0";
      counts[channel] = channel === watched ? 0 : messages.filter((one) => one.ts > after && one.user !== screen.me).length;
    }
    return counts;
  }, [screen, seen, watched]);
}
