// Runs inside the answer panel: shows the HTML it is sent and reports clicks. It decides nothing.
(function () {
  'use strict';
  const vscode = acquireVsCodeApi();
  const main = document.getElementById('answer');

  window.addEventListener('message', ({ data }) => {
    main.innerHTML = data.html;
    // Nothing is fetched for an answer: where it has an image, its text stands.
    main.querySelectorAll('img, svg, video, audio, iframe').forEach((node) => {
      node.replaceWith(node.getAttribute('alt') ?? '');
    });
    linkCitations(data.labels);
  });

  document.addEventListener('click', (event) => {
    const target = event.target.closest('[data-action]');
    if (!target) return;
    event.preventDefault();
    vscode.postMessage({ action: target.dataset.action, index: Number(target.dataset.index ?? -1) });
  });

  /** Makes each mention of an evidence's label (`path:12-20`) in the text a link that opens those lines. */
  function linkCitations(labels) {
    if (labels.length === 0) return;
    const walker = document.createTreeWalker(main.querySelector('article'), NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.filter((text) => !text.parentElement.closest('a, pre')).forEach((text) => linkLabels(text, labels));
  }

  function linkLabels(text, labels) {
    const pattern = new RegExp(
      `(${[...labels]
        .sort((a, b) => b.length - a.length)
        .map(escape)
        .join('|')})(?![\\d-])`,
    );
    const parts = text.data.split(pattern);
    if (parts.length > 1) text.replaceWith(...parts.map((part) => (labels.includes(part) ? link(part, labels) : part)));
  }

  function link(label, labels) {
    const anchor = document.createElement('a');
    anchor.href = '#';
    anchor.textContent = label;
    anchor.dataset.action = 'open';
    anchor.dataset.index = String(labels.indexOf(label));
    return anchor;
  }

  function escape(text) {
    return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }

  vscode.postMessage({ action: 'ready', index: -1 });
})();
