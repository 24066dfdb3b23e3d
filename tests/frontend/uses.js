// What a script uses, read from its syntax tree: runs beside acorn in a browser page of tests/frontend/test_syntax.py.
(function () {
  "use strict";

  const isNode = (value) => value && typeof value.type === "string";
  const children = (node) => Object.keys(node).reduce((found, name) => found.concat(node[name]), []).filter(isNode);

  // `window.Worker` is Worker; `Object.hasOwn` goes by both its names, a method of anything as `.at()`.
  function namesOf(node, isCalled) {
    if (node.type === "Identifier") return [node.name];
    if (node.type !== "MemberExpression" || node.computed) return [];
    const { object, property } = node;
    const owner = object.type === "Identifier" ? object.name : object.type === "MemberExpression" && !object.computed ? object.property.name : "";
    const plain = [`.${property.name}`, `${owner}.${property.name}`];
    return plain.concat(isCalled ? [`${plain[0]}()`] : [], /^(window|self|globalThis)$/.test(owner) ? [property.name] : []);
  }

  // Names whose being there is asked: `if (x.y)`, `x.y && …`, `x.y ? … : …`, `!x.y`, `"y" in x`.
  function questionsOf(node) {
    if (/^(IfStatement|ConditionalExpression)$/.test(node.type)) return [node.test];
    if (node.type === "LogicalExpression") return [node.left];
    if (node.type === "UnaryExpression" && node.operator === "!") return [node.argument];
    return [];
  }

  function lookBehind({ regex }) {
    return regex && /\(\?<[=!]/.test(regex.pattern) ? ["(?<="] : [];
  }

  // {problem} where the script is no script of this edition, else {used: [[name, line]], asked: [name]}.
  window.usesOf = (text, ecmaVersion) => {
    let tree;
    try {
      tree = window.acorn.parse(text, { ecmaVersion, sourceType: "script", locations: true });
    } catch (error) {
      return { problem: error.message, used: [], asked: [] };
    }
    const [used, asked] = [[], []];
    const visit = (node, isQuestion, isCalled) => {
      const names = namesOf(node, isCalled).concat(lookBehind(node));
      names.forEach((name) => used.push([name, node.loc.start.line]));
      if (isQuestion) asked.push(...names, ...names.map((name) => `${name}()`));
      const questions = questionsOf(node);
      // A name that is asked for inside of a question, but not one that is called there, is a question itself.
      const goesOn = isQuestion && /^(LogicalExpression|UnaryExpression)$/.test(node.type);
      children(node).forEach((child) => visit(child, questions.includes(child) || goesOn, child === node.callee));
    };
    visit(tree, false, false);
    return { problem: "", used, asked };
  };
})();
