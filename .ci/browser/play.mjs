// Plays diet serve --demo in Chromium as a person would: from drift to resolved, previewed,
// applied and rolled back. On every page axe-core must find no violation, in light and dark,
// on a phone and on a desktop; nothing may be refused by the content policy.
//
//   .ci/browser/play [SCREENSHOTS]
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [diet, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const looks = [
  { name: "desktop-light", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  { name: "desktop-dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "phone-light", viewport: { width: 375, height: 812 }, colorScheme: "light" },
  { name: "phone-dark", viewport: { width: 375, height: 812 }, colorScheme: "dark" },
];
if (shots) mkdirSync(shots, { recursive: true });

const problems = [];
const server = spawn(diet, ["serve", "--demo", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
process.on("exit", () => server.killed || server.kill("SIGTERM")); // a second one would end it at once

const base = await new Promise((resolve, reject) => {
  let said = "";
  server.stderr.on("data", (data) => {
    said += data;
    const at = said.match(/address=(http:\S+)/);
    if (at) resolve(at[1]);
  });
  server.on("exit", (code) => reject(new Error(`diet serve ended with ${code}: ${said}`)));
});

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });

// watched is a new browser window whose errors count.
async function watched(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("console", (m) => m.type() === "error" && problems.push(`${page.url()}: ${m.text()}`));
  page.on("pageerror", (e) => problems.push(`${page.url()}: ${e}`));
  return page;
}

// check asks axe-core about the page that is open, and that nothing is wider than the window.
async function check(page, look) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of found.violations) {
    problems.push(`${page.url()} ${look}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 120)).slice(0, 3).join(" | ")}`);
  }
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (wide > room) problems.push(`${page.url()} ${look}: ${wide} pixels wide, and there is room for ${room}`);
}

// survey looks at pages in every look.
async function survey(stage, paths) {
  for (const look of looks) {
    const page = await watched(look);
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(base + path);
      await check(page, look.name);
      if (shots) await page.screenshot({ path: `${shots}/${stage}-${name}-${look.name}.png`, fullPage: name !== "changes" });
    }
    await page.context().close();
  }
}

async function expect(what, holds) {
  if (!(await holds)) throw new Error(`${what} does not hold`);
}

process.on("uncaughtException", (e) => {
  [...new Set(problems)].forEach((p) => console.error(p));
  console.error(e);
  process.exit(1);
});

const plan = "/plans/web96";
await survey("1", {
  dashboard: "/",
  plan,
  drift: `${plan}/drift`,
  changes: `${plan}/drift?show=changes`,
  grouped: `${plan}/drift?show=all&group=kind`,
  object: `${plan}/object?id=${encodeURIComponent("web96/dc.leaf[1]")}`,
  questions: `${plan}/questions`,
  topology: `${plan}/topology`,
  racks: `${plan}/racks`,
  sql: `/sql?q=${encodeURIComponent("SELECT kind, name, field, base, have FROM drift")}`,
  wrong: "/sql?q=SELECT+nonsense",
  nothing: "/nowhere",
});

const page = await watched(looks[0]);
await page.goto(base + "/");
await page.keyboard.press("Tab");
await expect("the first key leads past the navigation", page.evaluate(() => document.activeElement.textContent === "Skip to the content"));
await page.getByRole("link", { name: "web96", exact: true }).click();
await page.getByRole("link", { name: "Questions and answers" }).click();
await page.getByRole("link", { name: "Choose what is recommended" }).click();
await page.getByLabel(/^Reason for/).fill("played in a browser");
await page.getByRole("button", { name: "Write the answers" }).click();
await page.getByText("were written").waitFor();
await expect("the answers are a patch", page.getByText("+++ b/resolutions.yaml").isVisible());
await check(page, "answers");
if (shots) await page.screenshot({ path: `${shots}/2-answers.png`, fullPage: true });

await page.getByRole("link", { name: "Summary" }).click();
await page.getByRole("button", { name: "Make a preview" }).click();
await page.getByRole("heading", { name: /^Preview pv-/ }).waitFor();
await check(page, "preview");
const preview = new URL(page.url()).pathname;
await page.getByRole("button", { name: "Apply exactly this" }).click();
await page.getByRole("status").first().waitFor();
await check(page, "job");
await page.getByRole("heading", { name: /^Run run-/ }).waitFor();
await page.getByText("done").first().waitFor();
await check(page, "run");
const run = new URL(page.url()).pathname;
await page.getByRole("button", { name: /^Roll back/ }).click();
await page.getByRole("heading", { name: /^Preview pv-/ }).waitFor();
await expect("the preview undoes the run", page.getByText("to undo").isVisible());
const back = new URL(page.url()).pathname;
await page.getByRole("button", { name: "Apply exactly this" }).click();
await page.getByRole("heading", { name: /^Run run-/ }).waitFor();
await survey("3", { dashboard: "/", preview, back, run, previews: "/previews", runs: "/runs", jobs: "/jobs", answers: `${plan}/answers` });

// A page that waits for something comes by it by itself.
await page.goto(base + "/");
await page.getByRole("button", { name: "Check all now" }).click();
const reading = page.getByText("NetBox is being read, and every plan compared with it.");
await reading.waitFor();
await reading.waitFor({ state: "detached" });
await check(page, "checked");

// Without JavaScript the same pages do.
const plain = await watched({ ...looks[0], javaScriptEnabled: false });
await plain.goto(base + plan);
await plain.getByRole("button", { name: "Make a preview" }).click();
await plain.getByRole("heading", { name: /^Preview pv-/ }).waitFor();
await plain.goto(base + "/");
await plain.getByRole("button", { name: "Check all now" }).click();
await plain.getByText("NetBox is being read, and every plan compared with it.").waitFor({ state: "detached" });

await browser.close();
server.removeAllListeners("exit");
const ended = new Promise((resolve) => server.once("exit", resolve));
server.kill("SIGTERM");
await ended;
const refused = /Failed to load resource: the server responded with a status of 404/;
const real = [...new Set(problems)].filter((p) => !(p.includes("/nowhere") && refused.test(p)));
real.forEach((p) => console.error(p));
console.log(`played on ${base}: ${real.length} problems`);
process.exit(real.length ? 1 : 0);
