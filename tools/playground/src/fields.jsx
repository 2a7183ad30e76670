// What a person fills in. `value` is what was entered here, undefined until then; "" means emptied.
import { useEffect, useId, useState } from "react";
import { useLayout } from "./layout.jsx";

const TEXT = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number" };
const DATES = { datepicker: ["date", "initial_date"], timepicker: ["time", "initial_time"] };
const SELECTS = new Set(["static_select", "external_select", "users_select", "conversations_select", "channels_select"]);
const MULTI = new Set(["multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select"]);
export const FIELD_KINDS = new Set([
  ...Object.keys(TEXT), ...Object.keys(DATES), ...SELECTS, ...MULTI, "radio_buttons", "checkboxes", "datetimepicker",
]);

export function Field(props) {
  const { type } = props.element;
  if (type in TEXT) return <TextField {...props} />;
  if (type in DATES) return <DateField {...props} />;
  if (type === "datetimepicker") return <MomentField {...props} />;
  if (SELECTS.has(type)) return <Select {...props} />;
  if (MULTI.has(type)) return <MultiSelect {...props} />;
  if (type === "radio_buttons") return <Choices {...props} kind="radio" />;
  if (type === "checkboxes") return <Choices {...props} kind="checkbox" />;
  return null;
}

// What a field holds before anything is entered, in the form in which it is sent.
export function initialOf(element) {
  if (element.type in TEXT) return element.initial_value ?? "";
  if (element.type in DATES) return element[DATES[element.type][1]] ?? "";
  if (element.type === "datetimepicker") return element.initial_date_time ?? "";
  const one = element.initial_option?.value ?? element.initial_user ?? element.initial_conversation ?? element.initial_channel;
  if (SELECTS.has(element.type) || element.type === "radio_buttons") return one ?? "";
  const many = element.initial_options?.map((option) => option.value);
  return many ?? element.initial_users ?? element.initial_conversations ?? element.initial_channels ?? [];
}

const held = (element, value) => (value === undefined ? initialOf(element) : value);

function TextField({ element, value, onChange, label, describedBy, invalid, inputId }) {
  const shared = {
    id: inputId, className: "field", value: held(element, value), "aria-label": inputId ? undefined : label, "aria-describedby": describedBy,
    "aria-invalid": invalid, placeholder: element.placeholder?.text, maxLength: element.max_length, "data-action": element.action_id,
    onChange: (event) => onChange(event.target.value),
  };
  if (element.multiline) return <textarea {...shared} rows={4} />;
  return (
    <input {...shared} type={TEXT[element.type]} step={element.is_decimal_allowed ? "any" : undefined}
      min={element.min_value} max={element.max_value} autoComplete="off" />
  );
}

function DateField({ element, value, onChange, label, describedBy, invalid, inputId }) {
  return (
    <input id={inputId} className="field short" type={DATES[element.type][0]} value={held(element, value)} data-action={element.action_id}
      aria-label={inputId ? undefined : label} aria-describedby={describedBy} aria-invalid={invalid} onChange={(event) => onChange(event.target.value)} />
  );
}

function MomentField({ element, value, onChange, label, inputId, describedBy, invalid }) {
  const seconds = held(element, value);
  const local = seconds === "" ? "" : new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  return (
    <input id={inputId} className="field short" type="datetime-local" value={local} data-action={element.action_id}
      aria-label={inputId ? undefined : label} aria-describedby={describedBy} aria-invalid={invalid}
      onChange={(event) => onChange(event.target.value ? Math.round(new Date(event.target.value).getTime() / 1000) : "")} />
  );
}

// The choices of a select as groups of {value, text, sent}; `sent` is what the app is told.
function useGroups(element) {
  const { screen, suggest } = useLayout();
  const [suggested, setSuggested] = useState(null);
  const external = element.type.endsWith("external_select");
  useEffect(() => {
    let wanted = true;
    if (external) suggest(element, "").then((answer) => wanted && setSuggested(answer));
    return () => { wanted = false; };
  }, [external, element, suggest]);
  if (element.type.endsWith("users_select")) {
    const people = Object.entries(screen.people).filter(([, person]) => !person.is_bot);
    return [{ options: people.map(([id, person]) => ({ value: id, text: person.name, sent: id })) }];
  }
  if (element.type.endsWith("conversations_select") || element.type.endsWith("channels_select")) {
    return [{ options: screen.channels.filter((one) => !one.is_im).map((one) => ({ value: one.id, text: `#${one.name}`, sent: one.id })) }];
  }
  const source = external ? suggested ?? {} : element;
  const groups = source.option_groups ?? [{ options: source.options ?? [] }];
  return groups.map((group) => ({
    label: group.label?.text,
    options: group.options.map((option) => ({ value: option.value, text: option.text.text, sent: external ? option : option.value })),
  }));
}

const valueOf = (held) => (held && typeof held === "object" ? held.value : held);

function Options({ groups }) {
  const drawn = (group) => group.options.map((option) => <option key={option.value} value={option.value}>{option.text}</option>);
  return groups.map((group, index) => (group.label ? <optgroup key={index} label={group.label}>{drawn(group)}</optgroup> : drawn(group)));
}

function Select({ element, value, onChange, label, describedBy, invalid, inputId }) {
  const groups = useGroups(element);
  const choose = (chosen) => onChange(groups.flatMap((group) => group.options).find((option) => option.value === chosen)?.sent ?? "");
  return (
    <select id={inputId} className="field select" value={valueOf(held(element, value))} data-action={element.action_id}
      aria-label={inputId ? undefined : label} aria-describedby={describedBy} aria-invalid={invalid} onChange={(event) => choose(event.target.value)}>
      <option value="">{element.placeholder?.text ?? "Choose…"}</option>
      <Options groups={groups} />
    </select>
  );
}

function MultiSelect({ element, value, onChange, label, inputId }) {
  const options = useGroups(element).flatMap((group) => group.options);
  const chosen = held(element, value);
  const has = (option) => chosen.some((one) => valueOf(one) === option.value);
  const flip = (option) => onChange(has(option) ? chosen.filter((one) => valueOf(one) !== option.value) : [...chosen, option.sent]);
  return (
    <fieldset className="multi" id={inputId} aria-label={label} data-action={element.action_id}>
      {options.map((option) => (
        <label key={option.value} className="choice">
          <input type="checkbox" checked={has(option)} onChange={() => flip(option)} />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Choices({ element, value, onChange, label, kind, inputId }) {
  const name = useId();
  const chosen = [held(element, value)].flat();
  const flip = (option) => {
    if (kind === "radio") return onChange(option.value);
    return onChange(chosen.includes(option.value) ? chosen.filter((one) => one !== option.value) : [...chosen, option.value]);
  };
  return (
    <fieldset className="choices" id={inputId} aria-label={label} data-action={element.action_id}>
      {element.options.map((option) => (
        <label key={option.value} className="choice">
          <input type={kind} name={name} value={option.value} checked={chosen.includes(option.value)} onChange={() => flip(option)} />
          <span>{option.text.text}{option.description && <small>{option.description.text}</small>}</span>
        </label>
      ))}
    </fieldset>
  );
}
