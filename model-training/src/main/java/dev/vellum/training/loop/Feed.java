package dev.vellum.training.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.vellum.training.data.Batch;
import dev.vellum.training.data.Raster;
import dev.vellum.training.model.Architecture;
import java.nio.ByteBuffer;
import java.util.List;

/** A batch as arrays of the training engine. */
record Feed(NDArray pixels, NDArray quality, NDArray noise, NDArray keep) {

    static Feed of(NDManager manager, Batch batch) {
        int samples = batch.samples();
        return new Feed(
                bytes(manager, batch.pixels(), new Shape(samples, 3, batch.side(), batch.side())),
                manager.create(batch.quality()),
                bytes(manager, batch.noise(), new Shape(batch.noise().length)),
                manager.create(batch.keep(), new Shape(samples, batch.keep().length / samples)));
    }

    /** One picture with every group, for evaluation. */
    static Feed of(NDManager manager, Raster raster, double quality, int groups) {
        return new Feed(
                bytes(manager, raster.planes(), new Shape(1, 3, raster.height(), raster.width())),
                manager.create(new float[] {(float) quality}),
                bytes(manager, new byte[1], new Shape(1)),
                manager.ones(new Shape(1, groups + Architecture.HYPER_GROUPS)));
    }

    /** In the order of the script's arguments. */
    List<NDArray> arrays() {
        return List.of(pixels, quality, noise, keep);
    }

    private static NDArray bytes(NDManager manager, byte[] bytes, Shape shape) {
        return manager.create(ByteBuffer.wrap(bytes), shape, DataType.UINT8);
    }
}
