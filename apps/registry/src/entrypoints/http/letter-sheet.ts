import type { LetterView } from '../../adapters/postgres/message-queries.js';
import type { MessageWords } from '@app/contracts';

/** A letter as a page to be printed, in large type (大字版). Names stay masked: who hands it over knows whom it is for. */
export function letterSheet({
  letterId,
  name,
  guardian,
  words,
}: LetterView & { words: MessageWords }): string {
  const to = guardian ? `${String(guardian.name)}（${guardian.relation}），转 ${String(name)}` : String(name);
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>${escaped(words.letter.title)}</title>
<style>
@page { size: A4; margin: 25mm }
body { font: 22pt/1.8 "Noto Sans CJK SC", "Microsoft YaHei", SimHei, sans-serif; color: #000; background: #fff }
h1 { font-size: 30pt; text-align: center }
footer { font-size: 12pt; margin-top: 20mm }
</style>
</head>
<body>
<h1>${escaped(words.letter.title)}</h1>
<p>${escaped(to)}：</p>
${words.letter.lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
<footer>通知编号 ${escaped(letterId)}</footer>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
