package dev.threadwright.spi;

import dev.threadwright.workflow.Workflow;
import java.util.List;

/** Workflows written in Java: a CDI bean. Every server of an installation must have the same. */
public interface WorkflowProvider {

    List<Workflow> workflows();
}
