import type { ZodError } from 'zod';
import { invalidRequest, type FieldError, type Problem } from './problem';

/** The problem that a request is which does not fit its schema. */
export function validationProblem({ issues }: ZodError): Problem {
  return invalidRequest(...issues.flatMap(errorsOf));
}

type Issue = ZodError['issues'][number];

// Paths are the caller's own words, values are never repeated.
function errorsOf(issue: Issue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known' }));
  }
  return [{ path: path.join('.'), message: issue.message }];
}
