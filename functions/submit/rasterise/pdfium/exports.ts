/** An address in PDFium's memory: of a document, a page, an object. 0 is none. */
export type Pointer = number

/** What is used of PDFium (public/fpdfview.h, fpdf_edit.h, fpdf_formfill.h) and of the run time that Emscripten compiled in. */
export interface Exports {
  memory: WebAssembly.Memory
  __indirect_function_table: { get(index: number): (...values: number[]) => unknown }
  __wasm_call_ctors(): void
  emscripten_stack_init(): void
  emscripten_stack_get_current(): Pointer
  _emscripten_stack_restore(stack: Pointer): void
  setThrew(threw: number, value: number): void
  malloc(bytes: number): Pointer
  free(pointer: Pointer): void

  FPDF_InitLibraryWithConfig(config: Pointer): void
  FPDF_GetLastError(): number
  FPDF_LoadMemDocument(bytes: Pointer, length: number, password: Pointer): Pointer
  FPDF_CreateNewDocument(): Pointer
  FPDF_GetPageCount(document: Pointer): number
  FPDF_GetDocPermissions(document: Pointer): number
  FPDF_GetFormType(document: Pointer): number
  FPDF_GetPageSizeByIndexF(document: Pointer, index: number, size: Pointer): number
  FPDF_LoadPage(document: Pointer, index: number): Pointer
  FPDF_ClosePage(page: Pointer): void
  FPDF_RenderPageBitmap(
    bitmap: Pointer,
    page: Pointer,
    left: number,
    top: number,
    width: number,
    height: number,
    quarterTurns: number,
    flags: number,
  ): void

  FPDFDOC_InitFormFillEnvironment(document: Pointer, callbacks: Pointer): Pointer
  FORM_OnAfterLoadPage(page: Pointer, form: Pointer): void
  FORM_OnBeforeClosePage(page: Pointer, form: Pointer): void
  FPDF_FFLDraw(
    form: Pointer,
    bitmap: Pointer,
    page: Pointer,
    left: number,
    top: number,
    width: number,
    height: number,
    quarterTurns: number,
    flags: number,
  ): void

  FPDFBitmap_CreateEx(width: number, height: number, format: number, pixels: Pointer, stride: number): Pointer
  FPDFBitmap_Destroy(bitmap: Pointer): void

  FPDFPage_New(document: Pointer, index: number, width: number, height: number): Pointer
  FPDFPage_Delete(document: Pointer, index: number): void
  FPDFPage_InsertObject(page: Pointer, object: Pointer): void
  FPDFPage_CountObjects(page: Pointer): number
  FPDFPage_GetObject(page: Pointer, index: number): Pointer
  FPDFFormObj_CountObjects(form: Pointer): number
  FPDFFormObj_GetObject(form: Pointer, index: number): Pointer
  FPDFPageObj_GetType(object: Pointer): number
  FPDFPageObj_GetMatrix(object: Pointer, matrix: Pointer): number
  FPDFPageObj_GetBounds(object: Pointer, left: Pointer, bottom: Pointer, right: Pointer, top: Pointer): number
  FPDFPageObj_Transform(
    object: Pointer,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
  ): void
  FPDFPageObj_NewTextObj(document: Pointer, font: Pointer, size: number): Pointer
  FPDFText_SetText(object: Pointer, text: Pointer): number
  FPDFImageObj_GetImagePixelSize(object: Pointer, width: Pointer, height: Pointer): number
}
