// Where one looks: person, channel, tab and thread, kept in the address so that reload and Back work.
import { useCallback, useEffect, useState } from "react";

function read() {
  const parts = new URLSearchParams(location.hash.slice(1));
  return { person: parts.get("as"), channel: parts.get("in"), tab: parts.get("tab") ?? "messages", thread: parts.get("thread") };
}

function write({ person, channel, tab, thread }) {
  const parts = new URLSearchParams();
  if (person) parts.set("as", person);
  if (channel) parts.set("in", channel);
  if (tab && tab !== "messages") parts.set("tab", tab);
  if (thread) parts.set("thread", thread);
  return `#${parts}`;
}

export function usePlace() {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const follow = () => setPlace(read());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  const go = useCallback((change) => {
    const next = write({ ...read(), ...change });
    if (next !== location.hash) location.hash = next;
  }, []);
  return [place, go];
}
