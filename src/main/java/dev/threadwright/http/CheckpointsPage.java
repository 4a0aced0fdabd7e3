package dev.threadwright.http;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

@Schema(name = "CheckpointsPage", description = "Checkpoints of a thread, the newest first.")
record CheckpointsPage(@Schema(required = true) List<CheckpointView> checkpoints) {}
