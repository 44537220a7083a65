import type { DataConverter } from '@temporalio/common';
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { workflowsPath } from './create-worker';

/**
 * The compiled workflows in one bundle, kept beside them where that can be written to: bundling takes seconds, reading one does not. A
 * package brings its own, for payloads in clear: what converts failures is part of a bundle.
 */
export async function workflowBundle({ failureConverterPath }: DataConverter = {}): Promise<WorkflowBundle> {
  const entry = workflowsPath();
  const kept = path.join(
    path.dirname(entry),
    failureConverterPath === undefined ? 'bundle.generated.js' : 'encrypting-bundle.generated.js',
  );
  const buildInfo = path.join(path.dirname(entry), '../.tsbuildinfo');
  if (modifiedAt(kept) > modifiedAt(buildInfo)) return { code: readFileSync(kept, 'utf8') };
  const bundle = await bundleWorkflowCode({
    workflowsPath: entry,
    logger: silent,
    ...(failureConverterPath !== undefined && { failureConverterPath }),
  });
  keep(kept, bundle.code);
  return bundle;
}

// Whole or not at all: another process may read it now. An installation that is not ours to write to works without.
function keep(file: string, code: string): void {
  const own = `${file}.${String(process.pid)}`;
  try {
    writeFileSync(own, code);
    renameSync(own, file);
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

const ignore = () => undefined;
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
