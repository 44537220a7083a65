import { BudgetExceededError, type ExternalAgentService } from 'agent-budget';

/** `invoke` checks the budget itself, in one step with holding it: a denial is thrown, and the agent has not run. */
export async function processDocument(service: ExternalAgentService, log: (line: string) => void): Promise<unknown> {
  try {
    const { output } = await service.invoke({
      agentId: 'agent-001',
      userId: 'user-001',
      organizationId: 'org-001',
      requestData: { input: 'Process document' },
    });
    return output;
  } catch (error) {
    if (!(error instanceof BudgetExceededError)) throw error;
    log(`Budget exceeded: ${error.message}`);
    return null;
  }
}
