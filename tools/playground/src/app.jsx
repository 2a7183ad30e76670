import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSlack } from "./connection.js";
import { Conversation } from "./conversation.jsx";
import { Icon } from "./icons.jsx";
import { ModalStack } from "./modal.jsx";
import { usePlace } from "./place.js";
import { Rail, Sidebar } from "./sidebar.jsx";
import { Thread } from "./thread.jsx";
import { Toasts, useToasts } from "./toasts.jsx";
import { useUnread } from "./unread.js";

export function App() {
  const [place, go] = usePlace();
  const { screen, online, act } = useSlack(place.person);
  const toasts = useToasts();
  if (!screen) return <p className="loading" role="status">Opening the workspace…</p>;
  return <Workspace key={screen.me} {...{ screen, online, act, place, go, toasts }} />;
}

function Workspace({ screen, online, act, place, go, toasts }) {
  const [drawer, setDrawer] = useState(false);
  const direct = screen.channels.find((channel) => channel.is_im);
  const channel = screen.channels.find((one) => one.id === place.channel) ?? direct;
  const tab = channel.is_im ? place.tab : "messages";
  const thread = tab === "messages" ? place.thread : null;
  const unread = useUnread(screen, tab === "messages" ? channel.id : null);
  const opened = useOpenTab(act, channel, tab);
  const { notify } = toasts;

  const desk = useMemo(() => ({ act, notify, go }), [act, notify, go]);
  const moveTo = useCallback((change) => {
    setDrawer(false);
    go({ thread: null, tab: "messages", ...change });
  }, [go]);

  return (
    <div className={`frame ${drawer ? "drawer-open" : ""} ${thread ? "with-thread" : ""}`}>
      <header className="topbar">
        <button type="button" className="icon-button drawer-button" aria-label="Channels and people" aria-expanded={drawer} onClick={() => setDrawer(!drawer)}>
          <Icon name="menu" size={20} />
        </button>
        <p className="topbar-title"><strong>{screen.company}</strong><span> · a playground on your own machine; nothing of it is real</span></p>
        <Today now={screen.now} />
      </header>
      <div className="body">
        <div className="drawer">
          <Rail screen={screen} onChoose={(person) => { setDrawer(false); go({ person, channel: null, thread: null, tab: "messages" }); }} />
          <Sidebar {...{ screen, channel, unread, moveTo, act, notify, direct }} />
        </div>
        {drawer && <div className="drawer-shade" onClick={() => setDrawer(false)} />}
        <Conversation key={channel.id} {...{ screen, channel, tab, unread, moveTo, desk, opened }} threadOpen={thread} />
        {thread && <Thread key={thread} screen={screen} channel={channel} root={thread} desk={desk} />}
      </div>
      <ModalStack screen={screen} desk={desk} />
      {!online && <p className="offline" role="alert">The playground was stopped. This page goes on when it runs again.</p>}
      <Toasts {...toasts} />
    </div>
  );
}

// Slack tells an app when its Home or Messages tab is opened; the answer may take a moment.
function useOpenTab(act, channel, tab) {
  const last = useRef(null);
  const [count, setCount] = useState(0);
  useEffect(() => {
    const name = channel.is_im && tab !== "about" ? tab : null;
    if (!name || last.current === `${channel.id}:${name}`) return;
    last.current = `${channel.id}:${name}`;
    act({ act: "open", tab: name }).then(() => setCount((number) => number + 1));
  }, [act, channel, tab]);
  return count;
}

const DAY = new Intl.DateTimeFormat("en", { weekday: "short", day: "numeric", month: "short" });

function Today({ now }) {
  return <p className="today"><Icon name="clock" size={15} /> {DAY.format(new Date(now * 1000))}</p>;
}
