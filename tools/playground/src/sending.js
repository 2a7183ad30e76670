// What a person types or drops, on its way to the app.
import { useCallback } from "react";

const LARGEST_FILE = 16 * 1024 * 1024;

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

// A message outside a thread of direct messages opens its thread beside it, where the answer will be.
export function useSending({ act, notify, go }, channel, thread) {
  const told = useCallback((outcome) => {
    if (!outcome.ok) notify(outcome.error, "bad");
    else if (outcome.ts && channel.is_im && !thread) go({ channel: channel.id, tab: "messages", thread: outcome.ts });
    return outcome;
  }, [notify, go, channel, thread]);

  const send = useCallback(async (text) => {
    const command = text.startsWith("/") && /^\/\w/.test(text);
    const request = command ? { act: "command" } : { act: "say", thread_ts: thread ?? undefined };
    return told(await act({ ...request, channel: channel.id, text }));
  }, [act, told, channel, thread]);

  const sendFile = useCallback(async (file, text = "") => {
    if (file.size > LARGEST_FILE) return notify("The playground takes files up to 16 MB.", "bad");
    const content = await base64(file);
    return told(await act({ act: "file", channel: channel.id, thread_ts: thread ?? undefined, name: file.name, content, text }));
  }, [act, notify, told, channel, thread]);

  return { send, sendFile };
}
