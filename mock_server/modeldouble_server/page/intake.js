// Takes pictures in: dropped, chosen in a file dialog, or pasted from the clipboard.

import { byId } from "./dom.js";

/**
 * The first picture among files, or the first file, of which the server will say that it is none.
 * @returns {File | null}
 */
export function pictureIn(files) {
  const all = [...(files ?? [])];
  return all.find((one) => one.type.startsWith("image/")) ?? all[0] ?? null;
}

/**
 * Call `take` with each picture that is handed to the page.
 * @param {(text: string) => void} refuse called with what to do instead
 */
export function listen(take, refuse) {
  const [section, button, input] = ["look", "look-drop", "look-file"].map(byId);
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const file = pictureIn(input.files);
    // So that the same file can be chosen again.
    input.value = "";
    if (file) take(file);
  });
  droppable(section, (transfer) => {
    const file = pictureIn(transfer?.files);
    return file ? take(file) : refuse("that was no file; drop a picture file, or save the picture first");
  });
  for (const name of ["dragover", "drop"]) document.addEventListener(name, beside);
  document.addEventListener("paste", (event) => {
    const file = pictureIn(event.clipboardData?.files);
    if (!file) return;
    event.preventDefault();
    take(file);
  });
}

// Where no picture is taken, a browser would open the file instead of the page.
function beside(event) {
  if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

function droppable(section, dropped) {
  const over = (on) => section.classList.toggle("dropping", on);
  section.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  section.addEventListener("dragleave", (event) => {
    if (!section.contains(event.relatedTarget)) over(false);
  });
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    dropped(event.dataTransfer);
  });
}
