import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface MailServer {
  readonly url: string;
  readonly port: number;
  readonly received: { readonly mail: ParsedMail; readonly recipients: readonly string[] }[];
  close(): Promise<void>;
}

/** An error that an SMTP server answers with. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/**
 * A real SMTP server on loopback that remembers what it takes. Addresses beginning with `no-` are refused, with `later-` put off,
 * with `greylisted-` put off the first time.
 */
export async function serveMail(options: SMTPServerOptions = {}, listenAt = 0): Promise<MailServer> {
  const received: MailServer['received'] = [];
  const greylisted = new Set<string>();
  const server = new SMTPServer({
    disabledCommands: options.onAuth === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    onRcptTo: ({ address }, _session, callback) => {
      if (address.startsWith('no-')) callback(refusal(550, '5.1.1 No such user here'));
      else if (address.startsWith('later-') || (address.startsWith('greylisted-') && !greylisted.has(address))) {
        greylisted.add(address);
        callback(refusal(451, '4.7.1 Greylisted, come back later'));
      } else callback();
    },
    onData: (stream, { envelope }, callback) => {
      void simpleParser(stream).then((mail) => {
        received.push({ mail, recipients: envelope.rcptTo.map(({ address }) => address) });
        callback();
        // A client that dies in the middle of its message has sent none.
      }, callback);
    },
    ...options,
  });
  // Clients that give up close their sockets in the middle.
  server.on('error', () => undefined);
  const listening = server.listen(listenAt, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${String(port)}`,
    port,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}
