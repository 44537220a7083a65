import Handlebars from 'handlebars';
import type { AlertMessage } from '../contract/payloads/alert';
import { clipped } from './format';
import { eventsOf, factsOf, headlineOf, provenanceOf } from './prose';

/** What a person reads: a subject, and the message as plain text and as HTML. */
export interface EmailBody {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const LONGEST_ID_IN_SUBJECT = 80;
const LONGEST_SUBJECT = 200;

const TEXT = `{{headline}}.

{{#each facts}}
{{label}}: {{value}}
{{/each}}
{{#if events}}

{{#each events}}
- {{this}}
{{/each}}
{{/if}}

{{#each provenance}}
{{this}}
{{/each}}
`;

const HTML = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{headline}}</title></head>
<body style="margin:0;padding:24px;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#1f2328;background:#ffffff">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3;overflow-wrap:anywhere">{{headline}}</h1>
<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse">
{{#each facts}}
<tr><td style="padding:4px 24px 4px 0;color:#59636e">{{label}}</td><td style="padding:4px 0;font-weight:bold">{{value}}</td></tr>
{{/each}}
</table>
{{#if events}}
<ul style="margin:16px 0;padding-left:20px">
{{#each events}}
<li>{{this}}</li>
{{/each}}
</ul>
{{/if}}
<p style="margin:24px 0 0;font-size:13px;color:#59636e;overflow-wrap:anywhere">{{#each provenance}}{{#unless @first}} · {{/unless}}{{this}}{{/each}}</p>
</body>
</html>
`;

// strict: a name that the template misspells is an error, not a gap in the message.
const textTemplate = Handlebars.compile(TEXT, { noEscape: true, strict: true });
const htmlTemplate = Handlebars.compile(HTML, { strict: true });

/** The message as an email. Everything in the HTML is escaped. */
export function emailBody(message: AlertMessage): EmailBody {
  const content = {
    headline: headlineOf(message),
    facts: factsOf(message),
    events: eventsOf(message),
    provenance: provenanceOf(message),
  };
  const subject = clipped(headlineOf(message, LONGEST_ID_IN_SUBJECT), LONGEST_SUBJECT);
  return { subject, text: textTemplate(content), html: htmlTemplate(content) };
}
