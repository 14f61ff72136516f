/** The look of the pages: a book by day and by night, on a screen and on paper. */
export const style: string = `
:root {
  --paper: #fdfdfb; --ink: #23262b; --quiet: #6b7078; --line: #e4e3dd; --code: #f5f4ef; --link: #0b62a8;
  --bad: #b3261e; --bad-paper: #fdf1ef; --warn-paper: #fff8e6;
  --keyword: #8a3ea8; --string: #2d7a3e; --number: #a3551a; --comment: #747a83; --title: #0b62a8; --type: #00707c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17191d; --ink: #dfe2e7; --quiet: #979da7; --line: #2e3239; --code: #1f2228; --link: #7db8ee;
    --bad: #ff9a8f; --bad-paper: #2d1c1b; --warn-paper: #2a2517;
    --keyword: #d19be8; --string: #93cf9c; --number: #e5b07b; --comment: #858c97; --title: #7db8ee; --type: #6fc7d1;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1.05rem/1.65 'Iowan Old Style', 'Palatino Linotype', Palatino, 'Noto Serif', Georgia, serif; }
header.top { padding: 1rem 1.5rem 0; font: .9rem system-ui, sans-serif; min-height: 2.2rem; }
.columns { display: flex; justify-content: center; gap: 2.5rem; padding: 0 1.5rem 5rem; }
main { flex: 0 1 46rem; min-width: 0; }
nav.contents { flex: 0 0 13rem; position: sticky; top: 1.5rem; align-self: flex-start; max-height: 90vh; overflow: auto;
  font: .85rem/1.45 system-ui, sans-serif; padding-top: 4.2rem; }
nav.contents ol { list-style: none; margin: 0; padding: 0; }
nav.contents li { margin: .35rem 0; } nav.contents .level-3 { padding-left: 1rem; }
nav.contents a { color: var(--quiet); text-decoration: none; } nav.contents a:hover { color: var(--link); }
@media (max-width: 68rem) { nav.contents { display: none; } }
a { color: var(--link); text-underline-offset: .15em; }
h1, h2, h3, h4 { font-family: system-ui, sans-serif; line-height: 1.25; text-wrap: balance; }
h1 { font-size: 2.1rem; margin: .5rem 0 1rem; } h2 { font-size: 1.45rem; margin: 2.6rem 0 .6rem; }
h3 { font-size: 1.15rem; margin: 1.8rem 0 .4rem; }
p, ul, ol, table, blockquote { margin: .8rem 0; }
blockquote { border-left: 3px solid var(--line); padding-left: 1rem; color: var(--quiet); }
table { border-collapse: collapse; font-size: .95rem; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .9rem .35rem 0; text-align: left; vertical-align: top; }
th { font-family: system-ui, sans-serif; font-size: .85rem; color: var(--quiet); }
img, svg { max-width: 100%; height: auto; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
code { font-size: .86em; background: var(--code); padding: .1em .3em; border-radius: 3px; }
pre { font-size: .84rem; line-height: 1.5; margin: .6rem 0; padding: .8rem 1rem; overflow-x: auto; border-radius: 6px; tab-size: 2; }
pre code { font-size: inherit; background: none; padding: 0; }
pre.source, main > pre, .markdown pre { background: var(--code); }
.cell { position: relative; margin: 1rem 0; }
.cell > .anchor { position: absolute; left: -1.3rem; top: .2rem; color: var(--quiet); text-decoration: none; opacity: 0;
  font: .9rem system-ui, sans-serif; }
.cell:hover > .anchor, .cell > .anchor:focus { opacity: .7; }
.cell:target { outline: 2px solid var(--link); outline-offset: .5rem; border-radius: 4px; }
.outputs { border-left: 2px solid var(--line); margin: .2rem 0 1.2rem; padding-left: .9rem; }
.outputs pre { padding: .3rem .2rem; margin: .2rem 0; }
pre.stderr { color: var(--quiet); } pre.error { color: var(--bad); background: var(--bad-paper); padding: .7rem .9rem !important; }
p.note { font: .78rem system-ui, sans-serif; color: var(--quiet); margin: .2rem 0; }
figure.picture { margin: .6rem 0; overflow-x: auto; }
details.twin > summary { font: .78rem system-ui, sans-serif; color: var(--quiet); cursor: pointer; }
details.solution { border: 1px solid var(--line); border-radius: 6px; padding: .4rem 1rem; }
details.solution > summary { font: .9rem system-ui, sans-serif; cursor: pointer; color: var(--link); }
nav.neighbours { display: flex; justify-content: space-between; gap: 2rem; margin-top: 4rem; padding-top: 1.2rem;
  border-top: 1px solid var(--line); font-family: system-ui, sans-serif; font-size: .95rem; }
nav.neighbours a { text-decoration: none; } nav.neighbours small { display: block; color: var(--quiet); }
.notebooks { list-style: none; padding: 0; } .notebooks li { padding: .7rem 0; border-bottom: 1px solid var(--line); }
.notebooks a { font: 600 1.05rem system-ui, sans-serif; text-decoration: none; } .notebooks p { margin: .2rem 0 0; color: var(--quiet); }
.hljs-keyword, .hljs-meta { color: var(--keyword); } .hljs-string, .hljs-regexp { color: var(--string); }
.hljs-number, .hljs-literal { color: var(--number); } .hljs-comment { color: var(--comment); font-style: italic; }
.hljs-title, .hljs-function .hljs-title { color: var(--title); } .hljs-type, .hljs-built_in, .hljs-class .hljs-title { color: var(--type); }
.hljs-attr, .hljs-property, .hljs-params { color: inherit; } .hljs-subst { color: var(--ink); }
@media print { nav.contents, header.top, .anchor, nav.neighbours { display: none; } pre { white-space: pre-wrap; } }
`;
