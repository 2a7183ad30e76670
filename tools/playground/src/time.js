const CLOCK = new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en", { weekday: "long", month: "long", day: "numeric" });

export const instant = (ts) => new Date(Number(ts) * 1000);
export const clock = (ts) => CLOCK.format(instant(ts));
export const shortClock = (ts) => clock(ts).replace(/\s?[AP]M$/, "");
const key = (date) => date.toDateString();

const SHORT = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", year: "numeric" });
const LONG = new Intl.DateTimeFormat("en", { weekday: "long", month: "long", day: "numeric", year: "numeric" });
const PLAIN = new Intl.DateTimeFormat("en", { month: "long", day: "numeric", year: "numeric" });

// Slack's date tokens: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
export function dated(format, ts, now) {
  const date = instant(ts);
  const pretty = (otherwise) => {
    const day = dayOf(ts, now);
    return ["Today", "Yesterday", "Tomorrow"].includes(day) ? day.toLowerCase() : otherwise.format(date);
  };
  const words = {
    date_num: date.toISOString().slice(0, 10), date: PLAIN.format(date), date_short: SHORT.format(date), date_long: LONG.format(date),
    date_pretty: pretty(PLAIN), date_short_pretty: pretty(SHORT), date_long_pretty: pretty(LONG),
    time: clock(ts), time_secs: date.toLocaleTimeString("en"),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
}

export function dayOf(ts, now) {
  const date = instant(ts);
  const today = new Date(now * 1000);
  const yesterday = new Date(now * 1000 - 86_400_000);
  if (key(date) === key(today)) return "Today";
  if (key(date) === key(yesterday)) return "Yesterday";
  if (key(date) === key(new Date(now * 1000 + 86_400_000))) return "Tomorrow";
  return DAY.format(date);
}
