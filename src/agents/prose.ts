/** Lines that carry structure rather than sentences: headings, tables, rules, HTML, images, link definitions. */
const STRUCTURE = /^\s*(#{1,6}\s|\||[-=*_]{3,}\s*$|<[^>]*>\s*$|!\[|\[[^\]]+\]:|[-:|\s]+$)/;
const LIST_MARK = /^\s*(?:[-*+>]|\d{1,3}[.)])\s+/;
const FENCE = /^\s*(```|~~~)/;

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
  for (const line of document.split(/\r?\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) {
      fence = fence === undefined ? mark : undefined;
      endParagraph();
    } else if (fence === undefined) {
      if (line.trim() === '' || STRUCTURE.test(line)) endParagraph();
      else {
        if (LIST_MARK.test(line)) endParagraph();
        lines.push(line.replace(LIST_MARK, '').trim());
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
