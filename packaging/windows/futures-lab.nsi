; The Setup of Futures Lab: one file, no network, no administrator unless for all users.
;
;   setup.exe                   asks who it is for, and installs
;   setup.exe /S                silently, for the user who calls it
;   setup.exe /S /AllUsers      silently, for all; needs an administrator
;   ... /D=C:\another folder    last, without quotes, as NSIS has it
;
; Exit codes: 0 done, 1 a person stopped it, 2 it failed and nothing was changed (the program runs,
; the disk is full, no administrator).
;
; The program is unpacked beside the old one, then they change places: what was there stays until the
; new one is whole. Everything of it lies in one folder, `program`, which nobody else writes to.

Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 64
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include nsDialogs.nsh
!include WinVer.nsh
!include x64.nsh

!define NAME "Futures Lab"
!define KIND "FuturesLab.Run"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\FuturesLab"
!define APP_PATH "Software\Microsoft\Windows\CurrentVersion\App Paths\futures-lab.exe"
!define ASSOCIATIONS_CHANGED 0x08000000

Name "${NAME}"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${NUMBERS}"
VIFileVersion "${NUMBERS}"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME} Setup"
VIAddVersionKey CompanyName "The Futures Lab developers"
VIAddVersionKey LegalCopyright "The Futures Lab developers, MIT licence"

Var AllUsers
Var Choice
Var Given

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\program\futures-lab-window.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Open ${NAME}"
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
Page custom AskForWhom TakeForWhom
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

; Say a sentence, on the screen or, silently, by the exit code alone, and end.
!macro Stop sentence
  SetErrorLevel 2
  MessageBox MB_OK|MB_ICONSTOP "${sentence}" /SD IDOK
  Quit
!macroend

; Move the old program out of the way, or do `otherwise` and end: while it runs, Windows lets nobody
; write to its libraries. One that was opened for writing is closed again, unchanged.
!macro SetAside otherwise
  try:
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\program\${LIBRARY}"
    FileOpen $0 "$INSTDIR\program\${LIBRARY}" a
    ${IfNot} ${Errors}
      FileClose $0
      Rename "$INSTDIR\program" "$INSTDIR\program.old"
    ${EndIf}
  ${EndIf}
  ${If} ${Errors}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${NAME} is running. Close it, then try again." \
      /SD IDCANCEL IDRETRY try
    ${otherwise}
    SetErrorLevel 2
    Quit
  ${EndIf}
!macroend

; ------------------------------------------------------------------------------- for whom

Function .onInit
  SetRegView 64
  StrCpy $AllUsers 0
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    !insertmacro Stop "${NAME} needs Windows 10 or newer, 64 bits."
  ${EndIf}
  StrCpy $Given $INSTDIR ; what /D= said, or the default
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AllUsers" $1
  ${IfNot} ${Errors}
    StrCpy $AllUsers 1
    Call RequireAdministrator
  ${EndIf}
  Call ChooseFolder
FunctionEnd

Function RequireAdministrator
  System::Call "shell32::IsUserAnAdmin() i .r1"
  ${If} $1 = 0
    !insertmacro Stop "To install for all users, start Setup as an administrator."
  ${EndIf}
FunctionEnd

; Set the folder, unless one was named: where an older version is, or the usual one.
Function ChooseFolder
  ${If} $Given != "$LOCALAPPDATA\Programs\${NAME}"
    StrCpy $INSTDIR $Given
  ${ElseIf} $AllUsers = 1
    StrCpy $INSTDIR "$PROGRAMFILES64\${NAME}"
  ${Else}
    StrCpy $INSTDIR $Given
  ${EndIf}
  ${If} $AllUsers = 1
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
  ${If} $Given == "$LOCALAPPDATA\Programs\${NAME}"
    ReadRegStr $0 SHCTX "${UNINSTALL}" InstallLocation
    ${If} $0 != ""
      StrCpy $INSTDIR $0
    ${EndIf}
  ${EndIf}
FunctionEnd

Function AskForWhom
  !insertmacro MUI_HEADER_TEXT "For whom" "Without an administrator's password it can be for you only."
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 10u 100% 12u "For me only"
  Pop $0
  ${NSD_CreateRadioButton} 0 28u 100% 12u "For all users of this computer; Windows asks for an administrator"
  Pop $Choice
  ${If} $AllUsers = 1
    ${NSD_Check} $Choice
  ${Else}
    ${NSD_Check} $0
    ${NSD_SetFocus} $0
  ${EndIf}
  nsDialogs::Show
FunctionEnd

Function TakeForWhom
  ${NSD_GetState} $Choice $AllUsers
  System::Call "shell32::IsUserAnAdmin() i .r1"
  ${If} $AllUsers = ${BST_CHECKED}
  ${AndIf} $1 = 0
    ClearErrors
    ExecShell "runas" "$EXEPATH" "/AllUsers" ; Windows asks; a second Setup goes on from here
    IfErrors 0 +2
      Abort
    Quit
  ${EndIf}
  Call ChooseFolder
FunctionEnd

; -------------------------------------------------------------------------------- install

Section "${NAME}"
  SetOverwrite on
  RMDir /r "$INSTDIR\program.new" ; of a Setup that was cut off
  RMDir /r "$INSTDIR\program.old"
  SetOutPath "$INSTDIR\program.new"
  ClearErrors
  File /r "${PROGRAM}\*.*"
  ${If} ${Errors}
    Call GiveUp
    !insertmacro Stop "The files could not be written to $INSTDIR: is the disk full? Nothing was changed."
  ${EndIf}
  DetailPrint "Preparing the code for a quick start"
  nsExec::ExecToLog '"$OUTDIR\futures-lab-worker.exe" -m compileall -q --invalidation-mode unchecked-hash -s "$OUTDIR" "$OUTDIR\source" "$OUTDIR\packages"'
  Pop $0 ; without it the program runs, and starts more slowly
  SetOutPath "$INSTDIR" ; a current folder cannot be renamed

  !insertmacro SetAside "Call GiveUp"
  Rename "$INSTDIR\program.new" "$INSTDIR\program"
  ${If} ${Errors}
    Rename "$INSTDIR\program.old" "$INSTDIR\program"
    Call GiveUp
    !insertmacro Stop "The program could not be put into $INSTDIR. Nothing was changed."
  ${EndIf}
  RMDir /r "$INSTDIR\program.old"

  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\program\futures-lab-window.exe" "" "" 0 \
    SW_SHOWNORMAL "" "See how Python runs work at the same time"
  Call Register
SectionEnd

Function .onInstFailed
  Call GiveUp
  SetErrorLevel 2
FunctionEnd

Function GiveUp
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\program.new"
  RMDir "$INSTDIR" ; only where it is empty
FunctionEnd

Function Register
  WriteRegStr SHCTX "Software\Classes\.futureslab" "" "${KIND}"
  WriteRegStr SHCTX "Software\Classes\.futureslab" "Content Type" "application/x-futures-lab+json"
  WriteRegStr SHCTX "Software\Classes\.futureslab\OpenWithProgids" "${KIND}" ""
  WriteRegStr SHCTX "Software\Classes\${KIND}" "" "Futures Lab run"
  WriteRegStr SHCTX "Software\Classes\${KIND}\DefaultIcon" "" "$INSTDIR\program\futures-lab-window.exe,0"
  WriteRegStr SHCTX "Software\Classes\${KIND}\shell\open\command" "" \
    '"$INSTDIR\program\futures-lab-window.exe" "%1"'
  System::Call "shell32::SHChangeNotify(i ${ASSOCIATIONS_CHANGED}, i 0, p 0, p 0)"

  WriteRegStr SHCTX "${APP_PATH}" "" "$INSTDIR\program\futures-lab.exe"

  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${UNINSTALL}" EstimatedSize $0
  WriteRegDWORD SHCTX "${UNINSTALL}" NoModify 1
  WriteRegDWORD SHCTX "${UNINSTALL}" NoRepair 1
  WriteRegStr SHCTX "${UNINSTALL}" DisplayName "${NAME}"
  WriteRegStr SHCTX "${UNINSTALL}" DisplayVersion "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL}" DisplayIcon "$INSTDIR\program\futures-lab-window.exe"
  WriteRegStr SHCTX "${UNINSTALL}" Publisher "The Futures Lab developers"
  WriteRegStr SHCTX "${UNINSTALL}" InstallLocation "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL}" UninstallString '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${UNINSTALL}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
FunctionEnd

; ------------------------------------------------------------------------------ uninstall

Function un.onInit
  SetRegView 64
  SetShellVarContext current
  ReadRegStr $0 HKLM "${UNINSTALL}" InstallLocation
  ${If} $0 == $INSTDIR
    SetShellVarContext all
    System::Call "shell32::IsUserAnAdmin() i .r1"
    ${If} $1 = 0
      IfSilent refuse
      ExecShell "runas" "$INSTDIR\uninstall.exe"
      Quit
      refuse:
      !insertmacro Stop "It was installed for all users: uninstall it as an administrator."
    ${EndIf}
  ${EndIf}
FunctionEnd

Section Uninstall
  SetOutPath "$TEMP"
  !insertmacro SetAside ""
  RMDir /r "$INSTDIR\program.old"
  RMDir /r "$INSTDIR\program.new"
  Delete "$SMPROGRAMS\${NAME}.lnk"

  ReadRegStr $0 SHCTX "Software\Classes\.futureslab" ""
  ${If} $0 == "${KIND}"
    DeleteRegValue SHCTX "Software\Classes\.futureslab" ""
    DeleteRegValue SHCTX "Software\Classes\.futureslab" "Content Type"
  ${EndIf}
  DeleteRegValue SHCTX "Software\Classes\.futureslab\OpenWithProgids" "${KIND}"
  DeleteRegKey /ifempty SHCTX "Software\Classes\.futureslab\OpenWithProgids"
  DeleteRegKey /ifempty SHCTX "Software\Classes\.futureslab"
  DeleteRegKey SHCTX "Software\Classes\${KIND}"
  DeleteRegKey SHCTX "${APP_PATH}"
  DeleteRegKey SHCTX "${UNINSTALL}"
  System::Call "shell32::SHChangeNotify(i ${ASSOCIATIONS_CHANGED}, i 0, p 0, p 0)"

  Call un.AskAboutHistory
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only where nothing of somebody else's is left in it
SectionEnd

; What a person measured is theirs: it goes only when they say so, and never silently.
Function un.AskAboutHistory
  SetShellVarContext current
  ${IfNot} ${FileExists} "$LOCALAPPDATA\futures-lab\*.*"
  ${AndIfNot} ${FileExists} "$APPDATA\futures-lab\*.*"
    Return
  ${EndIf}
  MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 \
    "Delete your history of runs and your settings too? They cannot be brought back." /SD IDNO IDNO keep
  RMDir /r "$LOCALAPPDATA\futures-lab"
  RMDir /r "$APPDATA\futures-lab"
  keep:
FunctionEnd
