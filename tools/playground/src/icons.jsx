// Line icons, drawn for this page.
const PATHS = {
  hash: "M5 9h14M5 15h14M10 4 8 20M16 4l-2 16",
  home: "M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4v-5h-6v5H5a1 1 0 0 1-1-1z",
  send: "M4 12 3.5 4.6 21 12 3.5 19.4 4 12zm0 0h8",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  thread: "M20 12a7 7 0 0 1-7 7H5l2-3a7 7 0 1 1 13-4z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6z",
  up: "M7 11v8H4v-8zM7 11l4-7c1.3 0 2 1 2 2l-.6 4H18a2 2 0 0 1 2 2.3l-1 5A2 2 0 0 1 17 19H7",
  down: "M17 13V5h3v8zM17 13l-4 7c-1.3 0-2-1-2-2l.6-4H6a2 2 0 0 1-2-2.3l1-5A2 2 0 0 1 7 5h10",
  stop: "M7 7h10v10H7z",
  file: "M7 3h7l4 4v14H7zM14 3v5h4",
  clock: "M12 7v5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4",
  warning: "M12 9v4.5M12 17h.01M12 3.5 21.5 20h-19z",
  chevron: "M9 6l6 6-6 6",
};

export function Icon({ name, size = 18 }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor"
      strokeWidth={name === "more" ? 3 : 1.9} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function CoachMark({ size }) {
  return (
    <svg className="avatar" width={size} height={size} viewBox="0 0 36 36" aria-hidden="true">
      <rect width="36" height="36" rx="8" fill="#1d3b2a" />
      <path d="M9 24l6-7 5 4 7-10" stroke="#fff" strokeWidth="3" fill="none" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
