package dev.vellum.training.model;

/**
 * The directions of largest variance of 16 x 16 cells of pictures, largest first.
 *
 * @param variances of the samples divided by 128, around middle grey
 * @param vectors orthonormal, {@code [768, 768]}, one direction a row; samples ordered (colour, y,
 *     x)
 */
@SuppressWarnings("ArrayRecordComponent") // handed over at a start and not copied
public record PrincipalComponents(float[] variances, float[] vectors) {}
