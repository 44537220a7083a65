import type { Context } from '../context';
import { fail, ok, reasonOf, type Finding } from './finding';
import { checkEncryption } from './encryption';
import { checkDisk, checkNode, checkPorts } from './machine';
import { checkMail } from './mail';
import { checkPostgres } from './postgres';
import { checkTemporal } from './temporal';

/** Everything that is checked, in the order in which it matters. */
export async function allFindings(context: Context): Promise<Finding[]> {
  const node = checkNode(process.versions.node);
  let config, places;
  try {
    config = context.config();
    places = await context.places();
  } catch (error) {
    return [node, fail('settings', reasonOf(error), 'Nothing else was checked.')];
  }
  const checked = await Promise.all([
    checkTemporal(places.temporal, places.taskQueue),
    checkPostgres(places.database),
    checkEncryption(config),
    checkMail(config),
    checkDisk(config, places),
    checkPorts(config, places),
  ]);
  return [node, ok('settings', `data folder ${config.dataFolder}, task queue ${places.taskQueue}`), ...checked.flat()];
}
