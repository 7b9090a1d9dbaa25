/* A VARIANT as text, which wine 8 only names. Python's `platform` asks Windows' WMI that way. */
#include <windows.h>
#include <oleauto.h>

HRESULT WINAPI fl_VariantToString(VARIANT *value, WCHAR *text, UINT room)
{
    VARIANT copy;
    VariantInit(&copy);
    HRESULT outcome = VariantChangeType(&copy, value, VARIANT_ALPHABOOL, VT_BSTR);
    if (FAILED(outcome))
        return outcome;
    if (SysStringLen(copy.bstrVal) + 1 > room)
        outcome = HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER);
    else
        lstrcpyW(text, copy.bstrVal ? copy.bstrVal : L"");
    VariantClear(&copy);
    return outcome;
}
