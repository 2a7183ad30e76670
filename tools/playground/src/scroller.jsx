// A list of messages that stays at its end while new ones come, unless one has scrolled up to read.
import { useEffect, useLayoutEffect, useRef } from "react";

const NEAR = 120;

export function Scroller({ watch, label, children }) {
  const list = useRef(null);
  const content = useRef(null);
  const follows = useRef(true);

  useLayoutEffect(() => {
    follows.current = true;
    list.current.scrollTop = list.current.scrollHeight;
  }, [watch]);

  useEffect(() => {
    const keep = new ResizeObserver(() => { if (follows.current) list.current.scrollTop = list.current.scrollHeight; });
    keep.observe(content.current);
    return () => keep.disconnect();
  }, []);

  const note = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current;
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  return (
    <div className="scroller" ref={list} onScroll={note} tabIndex={0} role="log" aria-label={label} aria-live="polite">
      <div className="scroller-content" ref={content}>{children}</div>
    </div>
  );
}
