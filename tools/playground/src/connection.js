// The tab's line to the local Slack: the latest screen of one person, and acts with their outcome.
import { useCallback, useEffect, useRef, useState } from "react";

const RETRY_MS = 800;

export function useSlack(person) {
  const [screen, setScreen] = useState(null);
  const [online, setOnline] = useState(true);
  const line = useRef(null);
  const waiting = useRef(new Map());

  useEffect(() => {
    let wanted = true;
    let timer;
    const pending = waiting.current;
    setScreen(null);

    function connect() {
      const socket = new WebSocket(`ws://${location.host}/socket${person ? `?as=${encodeURIComponent(person)}` : ""}`);
      line.current = socket;
      socket.onopen = () => setOnline(true);
      socket.onmessage = (event) => receive(JSON.parse(event.data));
      socket.onclose = () => {
        for (const settle of pending.values()) settle({ ok: false, error: "The playground is not running." });
        pending.clear();
        if (!wanted) return;
        setOnline(false);
        timer = setTimeout(connect, RETRY_MS);
      };
    }

    function receive(message) {
      if (!wanted) return;
      if (message.type === "screen") {
        setScreen(message);
        return;
      }
      pending.get(message.id)?.(message);
      pending.delete(message.id);
    }

    connect();
    return () => {
      wanted = false;
      clearTimeout(timer);
      line.current?.close();
    };
  }, [person]);

  const act = useCallback((request) => {
    const socket = line.current;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve({ ok: false, error: "The playground is not running." });
    const id = crypto.randomUUID();
    const outcome = new Promise((settle) => waiting.current.set(id, settle));
    socket.send(JSON.stringify({ id, ...request }));
    return outcome;
  }, []);

  return { screen, online, act };
}
