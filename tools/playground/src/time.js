const CLOCK = new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en", { weekday: "long", month: "long", day: "numeric" });

export const instant = (ts) => new Date(Number(ts) * 1000);
export const clock = (ts) => CLOCK.format(instant(ts));
const key = (date) => date.toDateString();

export function dayOf(ts, now) {
  const date = instant(ts);
  const today = new Date(now * 1000);
  const yesterday = new Date(now * 1000 - 86_400_000);
  if (key(date) === key(today)) return "Today";
  if (key(date) === key(yesterday)) return "Yesterday";
  return DAY.format(date);
}
