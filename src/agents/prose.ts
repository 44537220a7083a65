/** Lines that carry structure rather than sentences: headings, tables, rules, HTML, images, link definitions. */
const STRUCTURE = /^(#{1,6}\s|\||[-=*_]{3,}\s*$|<[^>]*>\s*$|!\[|\[[^\]]+\]:|[-:|\s]+$)/;
const LIST_MARK = /^(?:[-*+>]|\d{1,3}[.)])\s+/;
const FENCE = /^(```|~~~)/;

/** The paragraphs of a Markdown or plain text: no code, tables or headings, and no marks for emphasis and links. */
export function paragraphsOf(document: string): string[] {
  const paragraphs: string[] = [];
  let lines: string[] = [];
  const endParagraph = () => {
    const text = unmarked(lines.join(' ')).trim();
    if (text !== '') paragraphs.push(text);
    lines = [];
  };
  let fence: string | undefined;
  for (const raw of document.split(/\r?\n/)) {
    // Once, and not in each pattern: a pattern that may begin with white space looks at a long run of it again and again.
    const line = raw.trim();
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) {
      fence = fence === undefined ? mark : undefined;
      endParagraph();
    } else if (fence === undefined) {
      if (line === '' || STRUCTURE.test(line)) endParagraph();
      else {
        if (LIST_MARK.test(line)) endParagraph();
        lines.push(line.replace(LIST_MARK, ''));
      }
    }
  }
  endParagraph();
  return paragraphs;
}

function unmarked(text: string): string {
  return text
    .replace(/!?\[([^\]]{1,200})\]\([^)\s]{1,500}\)/g, '$1')
    .replace(/[*`]+/g, '')
    .replace(/\s+/g, ' ');
}
