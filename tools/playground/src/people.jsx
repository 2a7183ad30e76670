import { CoachMark } from "./icons.jsx";

const COLOURS = ["#b3472f", "#2f6f8f", "#7a4a9e", "#2e7d5b", "#a3681b", "#b23a6d", "#4b5fa8", "#5f6b1f"];

function colourOf(name) {
  const sum = [...name].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 9973, 7);
  return COLOURS[sum % COLOURS.length];
}

export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => word.charAt(0)).join("");
}

export function Avatar({ person, size = 36 }) {
  if (person?.is_bot) return <CoachMark size={size} />;
  const name = person?.name ?? "?";
  return (
    <span className="avatar" aria-hidden="true"
      style={{ width: size, height: size, background: colourOf(name), fontSize: Math.round(size * 0.4) }}>
      {initials(name)}
    </span>
  );
}

export function nameOf(screen, id) {
  return screen.people[id]?.name ?? "Somebody";
}
