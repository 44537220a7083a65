import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { workflowsPath } from './create-worker';

/** The compiled workflows in one bundle, kept beside them: bundling takes seconds, reading one does not. */
export async function workflowBundle(): Promise<WorkflowBundle> {
  const entry = workflowsPath();
  const kept = path.join(path.dirname(entry), 'bundle.generated.js');
  const buildInfo = path.join(path.dirname(entry), '../.tsbuildinfo');
  if (modifiedAt(kept) > modifiedAt(buildInfo)) return { code: readFileSync(kept, 'utf8') };
  const bundle = await bundleWorkflowCode({ workflowsPath: entry, logger: silent });
  writeFileSync(kept, bundle.code);
  return bundle;
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

const ignore = () => undefined;
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
