// `data_table`, which slack-blocks-to-jsx leaves out: pages of rows under a caption.
import { useState } from "react";

const PAGE = 5;

function words(cell) {
  if (cell == null) return "";
  if (typeof cell !== "object") return String(cell);
  if (Array.isArray(cell)) return cell.map(words).join("");
  return words(cell.text ?? cell.value ?? cell.elements ?? "");
}

export function DataTable({ block }) {
  const [page, setPage] = useState(0);
  const [head, ...rows] = block.rows ?? [];
  const size = block.page_size ?? PAGE;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  return (
    <figure className="data-table">
      <figcaption>{words(block.caption)}</figcaption>
      <div className="wide">
        <table>
          <thead><tr>{(head ?? []).map((cell, index) => <th key={index} scope="col">{words(cell)}</th>)}</tr></thead>
          <tbody>
            {rows.slice(page * size, (page + 1) * size).map((row, index) => (
              <tr key={index}>{row.map((cell, place) => <td key={place}>{words(cell)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <p className="pager">
          <button type="button" disabled={page === 0} onClick={() => setPage(page - 1)}>Previous</button>
          {page + 1} of {pages}
          <button type="button" disabled={page + 1 === pages} onClick={() => setPage(page + 1)}>Next</button>
        </p>
      )}
    </figure>
  );
}
