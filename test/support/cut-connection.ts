import { passAll, wayThrough } from '../../faults/way-through';

/** A way to a server that can be cut: then nothing comes through, and what was open is closed. */
export interface CutConnection {
  readonly address: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function cutConnectionTo(host: string, port: number): Promise<CutConnection> {
  let isCut = false;
  const way = await wayThrough(
    () => ({ host, port }),
    (near, far) => {
      if (isCut) near.destroy();
      else passAll(near, far);
    },
  );
  return {
    address: `127.0.0.1:${String(way.port)}`,
    cut: () => {
      isCut = true;
      way.cutAll();
    },
    mend: () => {
      isCut = false;
    },
    close: way.close,
  };
}
