// Scores by JGJ 59-2011, with the rules and the rounding of apps/inspections/scoring.py; exact, in whole numbers.
(function () {
  "use strict";

  const hb = (window.hb = window.hb || {});

  // Fractions as [numerator, denominator] of BigInt, never reduced: tables are small.
  const fraction = (above, below) => [BigInt(above), BigInt(below)];
  const plus = ([a, b], [c, d]) => [a * d + c * b, b * d];
  const times = ([a, b], above, below) => [a * BigInt(above), b * BigInt(below)];
  const below = ([a, b], limit) => a < BigInt(limit) * b;

  // One decimal, halves upwards.
  function shown(score) {
    if (!score) return "";
    const tenths = (20n * score[0] + score[1]) / (2n * score[1]);
    return tenths % 10n ? `${tenths / 10n}.${tenths % 10n}` : String(tenths / 10n);
  }

  // Whether a conditional item is asked at all; one whose condition is itself not asked is not asked either.
  function applies(content, item, answers) {
    if (!item.when) return true;
    const before = content.items.find((other) => other.seq === item.when.item);
    const given = answers[item.when.item];
    return Boolean(before && applies(content, before, answers) && given && item.when.verdicts.includes(given.verdict));
  }

  function zeroed(counted, got) {
    const guarantee = counted.filter((item) => item.part === "guarantee");
    const empty = guarantee.find((item) => !got[item.seq]);
    if (empty) return `保证项目“${empty.name}”得 0 分，本表得 0 分`;
    const [reached, full] = [guarantee.reduce((sum, i) => sum + got[i.seq], 0), guarantee.reduce((sum, i) => sum + i.points, 0)];
    return reached * 60 < 40 * full ? `保证项目小计 ${reached} 分，不足 ${shown(fraction(full * 40, 60))} 分，本表得 0 分` : "";
  }

  // answers: {seq: {verdict, points_off}}
  function table(content, answers) {
    const asked = content.items.filter((item) => applies(content, item, answers));
    const unanswered = asked.filter((item) => !answers[item.seq]).map((item) => item.seq);
    const counted = asked.filter((item) => answers[item.seq] && answers[item.seq].verdict !== "absent");
    const got = {};
    counted.forEach((item) => (got[item.seq] = item.points - Math.min(item.points, answers[item.seq].points_off || 0)));
    const full = counted.reduce((sum, item) => sum + item.points, 0);
    const sum = counted.reduce((total, item) => total + got[item.seq], 0);
    const why = full && content.guarantee ? zeroed(counted, got) : "";
    const score = full ? (why ? fraction(0, 1) : fraction(sum * 100, full)) : null;
    return { asked: asked.length, got: sum, full, score, shown: shown(score), zeroed: why, unanswered };
  }

  // scores: [{group, weight, score, name}], in the order of the tables
  function summary(scores) {
    const groups = [];
    scores.filter((one) => one.weight && one.score).forEach((one) => {
      const known = groups.find((group) => group.name === one.group);
      if (known) known.tables.push(one);
      else groups.push({ name: one.group, weight: one.weight, tables: [one] });
    });
    if (!groups.length) return { score: null, shown: "", grade: "", groups };
    let total = fraction(0, 1);
    groups.forEach((group) => {
      group.score = times(group.tables.reduce((sum, one) => plus(sum, one.score), fraction(0, 1)), 1, group.tables.length);
      group.shown = shown(group.score);
      total = plus(total, times(group.score, group.weight, 1));
    });
    const score = times(total, 1, groups.reduce((sum, group) => sum + group.weight, 0));
    const isZero = groups.some((group) => group.tables.some((one) => one.score[0] === 0n));
    const grade = isZero || below(score, 70) ? "不合格" : below(score, 80) ? "合格" : "优良";
    return { score, shown: shown(score), grade, groups };
  }

  hb.score = { table, summary, applies, shown };
})();
