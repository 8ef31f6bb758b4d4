// Opens the reports, filters, expands, and fails on any console error, dialog or request that leaves the page.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const work = path.resolve(process.argv[2]);
const { chromium } = createRequire(path.join(work, "package.json"))("playwright-core");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let checks = 0;
const check = (holds, what) => {
  checks += 1;
  if (!holds) throw new Error(`not so: ${what}`);
};

for (const size of [5, 5000]) {
  for (const scheme of ["light", "dark"]) {
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1200, height: 900 } });
    const wrong = [];
    page.on("console", (message) => wrong.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      wrong.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) wrong.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(path.join(work, `plan-${size}.html`)).href);

    const shown = () => page.locator(".change:visible").count();
    const counted = () => page.locator("#count").textContent();
    const all = await page.locator(".change").count();
    check(all >= size, `${size} changes are in the page (${all})`);
    check((await counted()).startsWith(`${all} of ${all}`), `all are shown at first: ${await counted()}`);

    const text = page.locator("#filter [name=text]");
    await text.fill("user0003");
    await page.waitForFunction((all) => !document.getElementById("count").textContent.startsWith(`${all} of`), all);
    check((await counted()).startsWith("1 of"), `one person is found: ${await counted()}`);
    check((await shown()) === 1, "one person is seen");
    await text.fill("nobody of this name");
    await page.waitForFunction(() => document.getElementById("count").textContent.startsWith("0 of"));
    await page.locator("#filter [type=reset]").click();
    await page.waitForFunction((all) => document.getElementById("count").textContent.startsWith(`${all} of`), all);

    const folded = page.locator("details:not([open]) > summary");
    if ((await folded.count()) > 0) {
      await folded.first().focus();
      await page.keyboard.press("Enter");
      check((await page.locator("details[open]").count()) > 0, "a part opens by the keyboard");
    }
    check((await page.locator("script").count()) === 1, "the page has its own script only");
    check((await page.locator(".change img").count()) === 0, "a name makes no element");
    check((await page.locator("main h1, h1").count()) >= 1 && (await page.locator("label").count()) >= 1, "headings and labels");
    if (size === 5) {
      await page.screenshot({ path: path.join(work, `plan-${size}-${scheme}.png`), fullPage: true });
    }
    await page.emulateMedia({ media: "print" });
    check((await page.locator("#filter:visible").count()) === 0, "the filter is not printed");
    check(wrong.length === 0, `nothing is wrong: ${wrong.join("; ")}`);
    await page.close();
  }
}
await browser.close();
console.log(`${checks} passed, 0 failed`);
