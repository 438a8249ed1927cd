// Begins the page: first its theme, and after the first paint everything else.

const THEMES = ["auto", "light", "dark"];
const KEPT = "modeldouble-theme";

function keptTheme() {
  try {
    const kept = localStorage.getItem(KEPT) ?? "";
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}

function wear(theme) {
  document.documentElement.dataset.theme = theme;
  const button = /** @type {HTMLElement} */ (document.getElementById("theme"));
  button.textContent = `Theme: ${theme}`;
}

function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(keptTheme()) + 1) % THEMES.length];
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // Not kept: the browser forbids it.
  }
  wear(theme);
}

wear(keptTheme());
document.getElementById("theme")?.addEventListener("click", nextTheme);
requestAnimationFrame(() => setTimeout(() => import("./app.js").then((app) => app.begin())));
