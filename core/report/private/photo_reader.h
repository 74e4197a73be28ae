/* The planner and the reader of photographs.  The planner's question: kind PHOTO_READER_FILE, the size of the picture's file (u64), and its bytes.
 * The answers: PHOTO_READER_PIXELS, width and height (u32 each) and 3 bytes a pixel, row by row; or PHOTO_READER_FAILED and a sentence.  Internal. */
#ifndef NP_REPORT_PRIVATE_PHOTO_READER_H
#define NP_REPORT_PRIVATE_PHOTO_READER_H

#define PHOTO_READER "needlepath-photo-reader"
#define PHOTO_READER_FILE 1u
#define PHOTO_READER_PIXELS 100u
#define PHOTO_READER_FAILED 101u

#define PHOTO_READER_MAX_BYTES (64u << 20) /* of a file */
#define PHOTO_SIDE_MIN 20u                 /* pixels */
#define PHOTO_SIDE_MAX 20000u
#define PHOTO_PIXELS_MAX 40000000u

#endif
