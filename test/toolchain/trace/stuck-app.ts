/**
 * The program of the scripted traces: `examples/stuck-ios`, and the frameworks it stands on. Lines
 * are those of the example's files, which a test holds them to.
 */

export interface Binary {
  readonly name: string;
  readonly uuid: string;
  readonly loadAddress: number;
  /** Absent for the program's own, whose path is its process's. */
  readonly path?: string;
}

export interface Frame {
  /** Absent: no symbol is known, and the address stands for it. */
  readonly name?: string;
  /** From the start of the binary; absolute without one. */
  readonly offset: number;
  readonly binary?: Binary;
  readonly source?: { readonly file: string; readonly line: number };
  readonly inlined?: true;
}

/** Root first, as a person reads calls. */
export type Stack = readonly Frame[];

const binary = (name: string, n: number, path: string): Binary => ({
  name,
  uuid: `${n.toString(16).padStart(8, "0").toUpperCase()}-3C52-4D8E-9A61-7B0F5E2D1C4A`,
  loadAddress: 0x1_9000_0000 + n * 0x100_0000,
  path,
});

const program: Binary = {
  name: "StuckApp",
  uuid: "5A7C0DE1-3C52-4D8E-9A61-7B0F5E2D1C4A",
  loadAddress: 0x1_0000_0000,
};
const frameworks = "/System/Library/Frameworks";
const coreFoundation = binary(
  "CoreFoundation",
  1,
  `${frameworks}/CoreFoundation.framework/CoreFoundation`,
);
const coreGraphics = binary("CoreGraphics", 2, `${frameworks}/CoreGraphics.framework/CoreGraphics`);
const foundation = binary("Foundation", 3, `${frameworks}/Foundation.framework/Foundation`);
const graphicsServices = binary(
  "GraphicsServices",
  4,
  "/System/Library/PrivateFrameworks/GraphicsServices.framework/GraphicsServices",
);
const imageIO = binary("ImageIO", 5, `${frameworks}/ImageIO.framework/ImageIO`);
const uiKit = binary(
  "UIKitCore",
  6,
  "/System/Library/PrivateFrameworks/UIKitCore.framework/UIKitCore",
);
const dispatch = binary("libdispatch.dylib", 7, "/usr/lib/system/libdispatch.dylib");
const pthread = binary("libsystem_pthread.dylib", 8, "/usr/lib/system/libsystem_pthread.dylib");
const kernel = binary("libsystem_kernel.dylib", 9, "/usr/lib/system/libsystem_kernel.dylib");
const dyld = binary("dyld", 10, "/usr/lib/dyld");
const uiFoundation = binary(
  "UIFoundation",
  11,
  "/System/Library/PrivateFrameworks/UIFoundation.framework/UIFoundation",
);

let offset = 0x1000;
/** Addresses only have to differ. */
function frame(name: string, of: Binary, more: Partial<Frame> = {}): Frame {
  offset += 0x4c;
  return { name, binary: of, offset, ...more };
}

function own(name: string, file: string, line: number, more: Partial<Frame> = {}): Frame {
  return frame(name, program, { source: { file, line }, ...more });
}

const main: Stack = [
  frame("start", dyld),
  own("static AppDelegate.$main()", "AppDelegate.swift", 3),
  frame("UIApplicationMain", uiKit),
  frame("-[UIApplication _run]", uiKit),
  frame("GSEventRunModal", graphicsServices),
  frame("_CFRunLoopRunSpecificWithOptions", coreFoundation),
  frame("__CFRunLoopRun", coreFoundation),
];
const launching: Stack = [
  ...main,
  frame("__CFRUNLOOP_IS_CALLING_OUT_TO_A_BLOCK__", coreFoundation),
  frame(
    "-[UIApplication _callInitializationDelegatesWithActions:forCanvas:payload:fromOriginatingProcess:]",
    uiKit,
  ),
  own("AppDelegate.application(_:didFinishLaunchingWithOptions:)", "AppDelegate.swift", 14),
  frame("-[UIWindow makeKeyAndVisible]", uiKit),
  frame("-[UIViewController loadViewIfRequired]", uiKit),
];
const decodeAll: Stack = [
  ...launching,
  frame("@objc FeedViewController.viewDidLoad()", program),
  own("FeedViewController.viewDidLoad()", "FeedViewController.swift", 27),
  own("ImageCache.decodeAll()", "ImageCache.swift", 29),
];
const decode: Stack = [
  ...decodeAll,
  own("ImageCache.decode(_:)", "ImageCache.swift", 49),
  frame("CGImageSourceCreateImageAtIndex", imageIO),
];

/** The main thread while it decodes pictures: mostly in ImageIO, some in our own code. */
export const decoding: readonly Stack[] = [
  [
    ...decode,
    frame("AppleJPEGReadPlugin::decodeImageImp(IIODecodeParameter*, PixelFormat)", imageIO),
  ],
  [...decode, frame("applejpeg_decode_image_all", imageIO)],
  [
    ...decodeAll.slice(0, -1),
    own("ImageCache.decodeAll()", "ImageCache.swift", 30),
    own("ImageCache.scale(_:to:)", "ImageCache.swift", 53),
    frame("-[UIGraphicsImageRenderer imageWithActions:]", uiKit),
    own("closure #1 in ImageCache.scale(_:to:)", "ImageCache.swift", 54),
    frame("CGContextDrawImageWithOptions", coreGraphics),
    frame("vImageScale_ARGB8888", coreGraphics),
  ],
  [
    ...decodeAll.slice(0, -1),
    own("ImageCache.decodeAll()", "ImageCache.swift", 28),
    own("ImageCache.isFresh(_:)", "ImageCache.swift", 43, { inlined: true }),
  ],
];

const reloading: Stack = [
  ...main,
  frame("__CFRUNLOOP_IS_CALLING_OUT_TO_AN_OBSERVER_CALLBACK_FUNCTION__", coreFoundation),
  frame("-[UITableView layoutSubviews]", uiKit),
  frame("@objc FeedViewController.tableView(_:heightForRowAt:)", program),
  own("FeedViewController.tableView(_:heightForRowAt:)", "FeedViewController.swift", 45),
];

/** The main thread while it measures texts. */
export const measuring: readonly Stack[] = [10, 11].map((line) => [
  ...reloading,
  own("static FeedCell.height(of:width:)", "FeedCell.swift", line),
  own("static FeedCell.measure(_:width:)", "FeedCell.swift", 18),
  frame(
    "-[NSAttributedString(NSExtendedStringDrawing) boundingRectWithSize:options:context:]",
    uiFoundation,
  ),
]);

/** The main thread when it goes to sleep and wakes, before and after it waits for the network. */
export const waiting: Stack = [
  ...main,
  frame("-[UIApplication sendAction:to:from:forEvent:]", uiKit),
  frame("@objc FeedViewController.refresh()", program),
  own("FeedViewController.refresh()", "FeedViewController.swift", 33),
  own("FeedStore.loadAndWait()", "FeedStore.swift", 28),
  frame("_dispatch_semaphore_wait_slow", dispatch),
  frame("semaphore_wait_trap", kernel),
];

/** The main thread with nothing much to do. */
export const idling: Stack = [
  ...main,
  frame("__CFRunLoopServiceMachPort", coreFoundation),
  frame("mach_msg2_trap", kernel),
];

const workerRoot: Stack = [
  frame("start_wqthread", pthread),
  frame("_pthread_wqthread", pthread),
  frame("_dispatch_workloop_worker_thread", dispatch),
  frame("_dispatch_lane_invoke", dispatch),
  frame("_dispatch_lane_serial_drain", dispatch),
  frame("_dispatch_client_callout", dispatch),
  frame("_dispatch_call_block_and_release", dispatch),
];

/** A worker that makes thumbnails; its second stack ends where no symbol is known. */
export const rendering: readonly Stack[] = [
  [
    ...workerRoot,
    own("closure #1 in ThumbnailWorker.start(_:)", "ThumbnailWorker.swift", 12),
    own("ThumbnailWorker.render(_:)", "ThumbnailWorker.swift", 20),
    frame("CGImageSourceCreateThumbnailAtIndex", imageIO),
  ],
  [
    ...workerRoot,
    own("closure #1 in ThumbnailWorker.start(_:)", "ThumbnailWorker.swift", 12),
    own("ThumbnailWorker.render(_:)", "ThumbnailWorker.swift", 20),
    frame("CGImageSourceCreateThumbnailAtIndex", imageIO),
    { offset: 0x2_4c0a_aa29 },
  ],
];

/** A worker that parses what the network brought, while the main thread waits for it. */
export const parsing: Stack = [
  ...workerRoot,
  own("closure #1 in FeedStore.loadAndWait()", "FeedStore.swift", 25),
  own("FeedStore.parse(_:)", "FeedStore.swift", 38),
  frame("JSONDecoder.decode<A>(_:from:)", foundation),
];

/** Another process, which is none of the app's business. */
export const elsewhere: Stack = [
  frame("start", dyld),
  { name: "main", binary: { ...program, name: "PhotosWidget" }, offset: 0x2000 },
  {
    name: "TimelineProvider.reload()",
    binary: { ...program, name: "PhotosWidget" },
    offset: 0x2040,
  },
  frame("CGContextDrawImageWithOptions", coreGraphics),
];

export interface Leak {
  readonly object: string;
  readonly size: number;
  readonly count: number;
  readonly frame: string;
  readonly library: string;
  /** The responsible line, for who maps the frame's name to it. */
  readonly source: { readonly file: string; readonly line: number };
}

export const leaks: readonly Leak[] = [
  {
    object: "ImageCache.Entry",
    size: 96,
    count: 1,
    frame: "ImageCache.remember(_:)",
    library: "StuckApp",
    source: { file: "ImageCache.swift", line: 37 },
  },
  {
    object: "FeedObserver",
    size: 1024,
    count: 1,
    frame: "FeedStore.observe(_:)",
    library: "StuckApp",
    source: { file: "FeedStore.swift", line: 33 },
  },
];
/** How many of each there are. */
export const leakedObjects: Readonly<Record<string, number>> = {
  "ImageCache.Entry": 3,
  FeedObserver: 1,
};
