/** The auth service's calls, with errors mapped once. */
@NullMarked
package io.machineid.internal.auth;

import org.jspecify.annotations.NullMarked;
