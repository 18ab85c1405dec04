/** One instanced draw call: a quad for each rectangle, straight from the layout's memory. */
import type { Rgb } from "../color/oklch.ts";
import { type Rects, wordsPerRect } from "./layout.ts";
import type { Renderer } from "./renderer.ts";

const bytesPerRect = wordsPerRect * 4;
const rectLocation = 0;
const colorLocation = 1;

const vertexShader = `#version 300 es
layout(location = ${rectLocation}) in vec3 rect;
layout(location = ${colorLocation}) in vec4 color;
uniform vec2 canvasSize;
uniform float boxHeight;
out vec4 fill;
out vec2 inside;
flat out vec2 size;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  size = vec2(rect.z, boxHeight);
  inside = corner * size;
  fill = color;
  vec2 position = (rect.xy + inside) / canvasSize * 2.0 - 1.0;
  gl_Position = vec4(position.x, -position.y, 0.0, 1.0);
}`;

const fragmentShader = `#version 300 es
precision highp float;
uniform vec4 border;
in vec4 fill;
in vec2 inside;
flat in vec2 size;
out vec4 result;
void main() {
  vec2 edge = min(inside, size - inside);
  bool onBorder = border.a > 0.0 && size.x >= 3.0 && min(edge.x, edge.y) < 1.0;
  result = onBorder ? border : fill;
}`;

export function createWebGlRenderer(canvas: HTMLCanvasElement): Renderer | undefined {
  // Without a GPU a 2D canvas is many times faster.
  const options: WebGLContextAttributes = {
    antialias: false,
    depth: false,
    failIfMajorPerformanceCaveat: true,
  };
  const gl = canvas.getContext("webgl2", options);
  const program = gl && link(gl);
  if (!gl || !program) return undefined;
  const buffer = gl.createBuffer();
  const canvasSize = gl.getUniformLocation(program, "canvasSize");
  const height = gl.getUniformLocation(program, "boxHeight");
  const borderColor = gl.getUniformLocation(program, "border");
  describeRects(gl, buffer);
  gl.useProgram(program);
  return {
    draw(rects: Rects, boxHeight: number, border: Rgb | undefined) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(canvasSize, canvas.width, canvas.height);
      gl.uniform1f(height, boxHeight);
      const [red, green, blue] = border ?? [0, 0, 0];
      gl.uniform4f(borderColor, red / 255, green / 255, blue / 255, border ? 1 : 0);
      gl.bufferData(gl.ARRAY_BUFFER, rects.words, gl.STREAM_DRAW, 0, rects.count * wordsPerRect);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, rects.count);
    },
    dispose: () => {
      gl.deleteBuffer(buffer);
      gl.deleteProgram(program);
    },
  };
}

function describeRects(gl: WebGL2RenderingContext, buffer: WebGLBuffer): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(rectLocation);
  gl.vertexAttribPointer(rectLocation, 3, gl.FLOAT, false, bytesPerRect, 0);
  gl.vertexAttribDivisor(rectLocation, 1);
  gl.enableVertexAttribArray(colorLocation);
  gl.vertexAttribPointer(colorLocation, 4, gl.UNSIGNED_BYTE, true, bytesPerRect, 12);
  gl.vertexAttribDivisor(colorLocation, 1);
}

function link(gl: WebGL2RenderingContext): WebGLProgram | undefined {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : undefined;
}
