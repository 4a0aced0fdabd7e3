package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.workflow.Json;
import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;

/**
 * The audit log has an entry of who called this. Stands on every method that needs a role beyond reading and writing;
 * {@link AuditInterceptor} sees to the entry, unless the act is recorded in the commit of what comes of it.
 */
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Audited {

    @Nonbinding
    Act value();

    /** An answer of which something belongs into the entry. */
    interface Told {
        /** Without anybody's data. */
        Map<String, Json> told();
    }
}
