/**
 * What the browser has seen while it scrolled.
 *
 * @typedef {object} ScrollResult
 * @property {number[]} frameMs duration of each frame, in milliseconds
 * @property {number} checked rows whose text was checked
 * @property {string[]} mistakes what was wrong with visible rows; empty if nothing was
 */

/**
 * Scrolls through the whole table of meters, and checks in each frame that all visible places have a row with the text of
 * its meter. Runs in the browser, so it uses nothing else of this project; only a script without types can name the DOM
 * here.
 *
 * @param {{ names: string[], stepPx: number }} options `names`: `site meter` of each row, in its order; `stepPx`: pixels
 *   of one frame
 * @returns {Promise<ScrollResult>}
 */
export function scrollThrough({ names, stepPx }) {
  const frameMs = [];
  const mistakes = new Set();
  let checked = 0;
  const body = document.querySelector(".meters-table .table-body");

  const check = () => {
    const { top, height } = body.getBoundingClientRect();
    const rowPx = height / names.length;
    const first = Math.max(0, Math.ceil(-top / rowPx));
    const last = Math.min(names.length, Math.floor((innerHeight - top) / rowPx));
    const shown = new Map();
    for (const row of body.querySelectorAll(".row")) {
      const text = (column) => row.querySelector(`.column-${column}`)?.textContent;
      shown.set(Number(row.getAttribute("aria-rowindex")) - 2, `${text("site")} ${text("meter")}`);
    }
    for (let place = first; place < last; place++) {
      checked++;
      const text = shown.get(place);
      if (text !== names[place] && mistakes.size < 10) mistakes.add(`row ${place} shows ${text}, not ${names[place]}`);
    }
  };

  return new Promise((resolve) => {
    scrollTo(0, 0);
    let previousMs;
    const frame = (nowMs) => {
      if (previousMs !== undefined) frameMs.push(nowMs - previousMs);
      previousMs = nowMs;
      check();
      if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) {
        return resolve({ frameMs, checked, mistakes: [...mistakes] });
      }
      scrollBy(0, stepPx);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/**
 * Measures frames in which nothing happens.
 *
 * @param {number} count number of frames
 * @returns {Promise<number[]>} duration of each, in milliseconds
 */
export function idleFrames(count) {
  const frameMs = [];
  return new Promise((resolve) => {
    let previousMs;
    const frame = (nowMs) => {
      if (previousMs !== undefined) frameMs.push(nowMs - previousMs);
      previousMs = nowMs;
      if (frameMs.length >= count) return resolve(frameMs);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}
