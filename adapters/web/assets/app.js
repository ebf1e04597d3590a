// Everything works without this file. With it: the colours can be switched, forms are sent once, texts are copied,
// menus close by themselves, and times are shown in the reader's own zone.

const root = document.documentElement;

const themeOf = (cookies) => /(?:^|; )theme=(light|dark)(?:;|$)/.exec(cookies)?.[1] ?? "auto";

function showTheme(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

for (const group of document.querySelectorAll("[data-theme-switch]")) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const theme = event.target.closest("button")?.value;
    if (!theme) return;
    const age = theme === "auto" ? 0 : 31536000;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
    showTheme(theme);
  });
}
showTheme(themeOf(document.cookie));

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  // A download and another window leave the page where it is, and can be had again.
  if ("download" in form.dataset || form.target === "_blank") return;
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

// A page that the browser kept in its memory comes back as it was left: its forms can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

for (const button of document.querySelectorAll("[data-copy-from]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.querySelector("span");
  const before = label.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copyFrom);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = before), 1600);
  });
}

const menus = [...document.querySelectorAll("details.menu")];
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && menus.find((one) => one.open);
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

const language = navigator.language.startsWith(root.lang) ? navigator.language : "en-GB";
const day = new Intl.DateTimeFormat(language, { dateStyle: "long" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  time.textContent = ("hour" in time.dataset ? moment : day).format(at);
  time.title = exact.format(at);
}

// The menu of organizations lists them once it is opened: until then nobody has to be asked for them.
for (const menu of document.querySelectorAll("[data-switcher]")) {
  const place = menu.querySelector("[data-switcher-list]");
  menu.addEventListener("toggle", async () => {
    if (!menu.open || place.dataset.asked) return;
    place.dataset.asked = "yes";
    const answer = await fetch("/organizations", { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const link of page.querySelectorAll('[data-organizations] a[href*="organization="]')) {
      const item = document.createElement("a");
      item.className = "menu-item";
      item.href = link.getAttribute("href");
      item.append(
        link.closest("li").querySelector(".avatar").cloneNode(true),
        link.closest("li").querySelector("strong").textContent,
      );
      place.append(item);
    }
    place.hidden = !place.children.length;
  });
}

// The colours of the form restyle the page while they are chosen.
for (const form of document.querySelectorAll("[data-look-form]")) {
  const words = form.querySelector("[data-contrast]");
  const { colours, primary, background } = form.elements;
  let wanted = "";
  form.addEventListener("input", async (event) => {
    if (event.target.type === "color") colours.value = "own";
    const name = `${form.dataset.looks}${primary.value.slice(1)}-${background.value.slice(1)}`;
    const before = [...document.querySelectorAll("link[data-look]")];
    const sheet = colours.value === "own" ? `${name}.css` : "";
    if (sheet === wanted) return;
    wanted = sheet;
    if (!sheet) {
      for (const link of before) link.remove();
      return;
    }
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = sheet;
    link.dataset.look = "";
    // The old colours stay until the new ones are there, so that nothing flickers.
    link.addEventListener("load", () => before.forEach((old) => old.remove()));
    document.head.append(link);
    const answer = await fetch(`${name}.txt`).catch(() => null);
    if (answer?.ok && wanted === sheet) words.textContent = await answer.text();
  });
}
