/** What is at an address, and how the cluster is reached. */
@NullMarked
package io.machineid.internal.discovery;

import org.jspecify.annotations.NullMarked;
