/** What is deployed, held against the code: the manifests in {@code k8s}, the files in {@code docker}, the supply chain. */
@NullMarked
package dev.threadwright.deployment;

import org.jspecify.annotations.NullMarked;
