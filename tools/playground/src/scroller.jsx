// A list of messages that stays at its end while new ones come, unless one has scrolled up to read. Of a new
// message that is taller than the list, its beginning is shown.
import { useEffect, useLayoutEffect, useRef } from "react";

const NEAR = 120;
const MARGIN = 12;

function toNewest(list) {
  const newest = [...list.querySelectorAll(".message")].at(-1);
  list.scrollTop = list.scrollHeight;
  if (newest && newest.offsetHeight > list.clientHeight - MARGIN) {
    list.scrollTop += newest.getBoundingClientRect().top - list.getBoundingClientRect().top - MARGIN;
  }
}

export function Scroller({ watch, label, children }) {
  const list = useRef(null);
  const content = useRef(null);
  const follows = useRef(true);

  useLayoutEffect(() => {
    follows.current = true;
    toNewest(list.current);
  }, [watch]);

  useEffect(() => {
    const keep = new ResizeObserver(() => { if (follows.current && list.current) toNewest(list.current); });
    keep.observe(content.current);
    return () => keep.disconnect();
  }, []);

  const note = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current;
    const newest = [...list.current.querySelectorAll(".message")].at(-1);
    const atTop = newest && Math.abs(newest.getBoundingClientRect().top - list.current.getBoundingClientRect().top - MARGIN) < 2;
    follows.current = atTop || scrollHeight - scrollTop - clientHeight < NEAR;
  };
  return (
    <div className="scroller" ref={list} onScroll={note} tabIndex={0} role="log" aria-label={label} aria-live="polite">
      <div className="scroller-content" ref={content}>{children}</div>
    </div>
  );
}
