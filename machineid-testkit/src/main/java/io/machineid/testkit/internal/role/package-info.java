/** Teleport roles: their file form, and what they allow in Kubernetes. */
@NullMarked
package io.machineid.testkit.internal.role;

import org.jspecify.annotations.NullMarked;
