/**
 * A fake Teleport cluster for tests: {@link io.machineid.testkit.TestCluster} is where to begin.
 */
@NullMarked
package io.machineid.testkit;

import org.jspecify.annotations.NullMarked;
