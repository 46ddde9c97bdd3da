/// The style of a page: the reader's own fonts, light or dark as the reader's system is, for screens of any width and paper.
enum PageStyle {
  static let text = #"""
    :root{color-scheme:light dark;--paper:#fcfcfa;--card:#fff;--ink:#1f2328;--soft:#5b6169;--faint:#878c93;--rule:#e3e3dd;
    --tint:#f4f4f0;--link:#22577f;--ok:#4b7fa3;--fail:#a8c3d6;--stop:#d0a23a;--gone:#8a74a3;--refuse:#bb5138;
    --warn:#a03a22;--warnpaper:#fbf1ed;--heat:75,127,163;
    --sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Cantarell,"Noto Sans","DejaVu Sans",sans-serif;
    --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    @media (prefers-color-scheme:dark){:root{--paper:#15181b;--card:#1b1f23;--ink:#e3e5e7;--soft:#a3a9b0;--faint:#7f868d;
    --rule:#2e3338;--tint:#20252a;--link:#8fc1e6;--ok:#5c97c0;--fail:#35576f;--stop:#c99d3f;--gone:#9a85b5;--refuse:#d26a50;
    --warn:#f09a80;--warnpaper:#2b1f1c;--heat:92,151,192}}
    *{box-sizing:border-box}
    html{scroll-padding-top:4.5rem;-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 var(--sans);font-variant-numeric:tabular-nums}
    header,main,footer,.bar>div{max-width:75rem;margin:0 auto;padding:0 1.5rem}
    a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:.2em}
    :focus-visible{outline:2px solid var(--link);outline-offset:2px}
    .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    [hidden]{display:none!important}
    header{padding-top:3rem;padding-bottom:1.5rem}
    .eyebrow{margin:0 0 .35rem;color:var(--soft);font-size:.85rem}
    h1{margin:0;font-size:2rem;line-height:1.2;font-weight:650;letter-spacing:-.015em}
    .lede{margin:.7rem 0 0;color:var(--soft);max-width:46rem}
    .bar{position:sticky;top:0;z-index:2;background:var(--paper);border-bottom:1px solid var(--rule)}
    .bar>div{display:flex;align-items:center;gap:.5rem 1.5rem;min-height:3.25rem;padding-top:.4rem;padding-bottom:.4rem}
    nav{flex:1;min-width:0;overflow-x:auto;scrollbar-width:none}
    nav ul{display:flex;gap:1.15rem;margin:0;padding:.2rem 0;list-style:none;white-space:nowrap;font-size:.875rem}
    nav a{color:var(--soft);text-decoration:none}nav a:hover{color:var(--ink);text-decoration:underline}
    #search{display:flex;align-items:center;gap:.75rem}
    #q{width:15rem;max-width:100%;padding:.35rem .65rem;border:1px solid var(--faint);border-radius:6px;background:var(--card);color:var(--ink);
    font:inherit;font-size:.875rem}
    #found{color:var(--soft);font-size:.8rem;white-space:nowrap}
    .figures{display:grid;grid-template-columns:repeat(6,1fr);gap:1px;margin:1.75rem 0 0;background:var(--rule);border:1px solid var(--rule);
    border-radius:10px;overflow:hidden}
    .figures div{display:flex;flex-direction:column;padding:1rem 1.15rem 1.05rem;background:var(--card)}
    .figures dt{color:var(--soft);font-size:.8rem}
    .figures dd{margin:0}.figures .big{white-space:nowrap;font-size:1.65rem;line-height:1.3;font-weight:600;letter-spacing:-.02em}
    .figures .sub{color:var(--soft);font-size:.8rem}.figures .bad{color:var(--warn)}
    section{margin:3rem 0 0}
    h2{margin:0 0 .3rem;font-size:1.2rem;line-height:1.35;font-weight:650;letter-spacing:-.01em}
    .about{margin:0 0 .85rem;color:var(--soft);font-size:.875rem;max-width:52rem}
    .shown{color:var(--soft);font-size:.8rem;font-weight:400;letter-spacing:0;margin-left:.6rem}
    .note,.nomatch,.empty{margin:.6rem 0 0;color:var(--soft);font-size:.875rem}
    .findings{margin:.5rem 0 0;padding:0;list-style:none;border-top:1px solid var(--rule)}
    .findings li{display:grid;grid-template-columns:9.5rem minmax(0,1fr) auto;gap:.1rem 1rem;padding:.55rem .75rem;border-bottom:1px solid var(--rule)}
    .findings .kind{color:var(--soft);font-size:.875rem;padding-top:.05rem}
    .findings .what{overflow-wrap:anywhere}.findings .remark{color:var(--soft)}
    .findings .when{color:var(--soft);font-size:.8rem;text-align:right;white-space:nowrap;padding-top:.15rem}
    .findings .trouble{background:var(--warnpaper)}.findings .trouble .kind{color:var(--warn);font-weight:600}
    .findings .more{color:var(--soft);font-size:.875rem}
    .legend{display:flex;flex-wrap:wrap;gap:.2rem 1.25rem;margin:0 0 .75rem;padding:0;list-style:none;color:var(--soft);font-size:.8rem}
    .legend li::before{content:"";display:inline-block;width:.7em;height:.7em;margin-right:.45em;border-radius:2px;background:currentColor}
    .legend .ok::before{background:var(--ok)}.legend .fail::before{background:var(--fail)}.legend .stop::before{background:var(--stop)}
    .legend .gone::before{background:var(--gone)}.legend .refuse::before{background:var(--refuse)}
    rect.ok{fill:var(--ok)}rect.fail{fill:var(--fail)}rect.stop{fill:var(--stop)}rect.gone{fill:var(--gone)}rect.refuse{fill:var(--refuse)}
    .chart{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 .6rem;margin:0}
    .chart .y{display:flex;flex-direction:column;justify-content:space-between;text-align:right;margin:-.6em 0;color:var(--soft);font-size:.75rem;line-height:1.2em}
    .chart svg{display:block;width:100%;height:13rem;overflow:visible}
    .chart .x{grid-column:2;display:flex;justify-content:space-between;margin:.4rem 0 0;padding:0;list-style:none;color:var(--soft);font-size:.75rem}
    .chart .each li{flex:1;min-width:0;text-align:center}
    .chart line{stroke:var(--rule);stroke-width:1;vector-effect:non-scaling-stroke}
    .chart g:hover rect{opacity:.75}
    .pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 3rem}
    .heat{width:100%;border-collapse:separate;border-spacing:2px;table-layout:fixed;font-size:.7rem}
    .heat th{padding:0;color:var(--soft);font-weight:400;text-align:left}.heat tbody th,.heat thead td{width:2.4rem}
    .heat td{padding:0;height:1.5rem;border-radius:2px;background:var(--tint);overflow:hidden}.heat thead td{background:none;height:auto}
    .h1{background:rgba(var(--heat),.22)!important}.h2{background:rgba(var(--heat),.36)!important}.h3{background:rgba(var(--heat),.5)!important}
    .h4{background:rgba(var(--heat),.66)!important}.h5{background:rgba(var(--heat),.82)!important}.h6{background:rgb(var(--heat))!important}
    .bars{width:100%;border-collapse:collapse;font-size:.875rem;table-layout:fixed}
    .bars th,.bars td{padding:.3rem 0;text-align:left;font-weight:400;vertical-align:middle}
    .bars th{width:45%;padding-right:1rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
    .bars .n{width:4.5rem;text-align:right}.bars svg{display:block;width:100%;height:.7rem}
    .bars small{display:block;color:var(--soft);font-size:.78rem;overflow:hidden;text-overflow:ellipsis}
    .wrap{overflow-x:auto;border:1px solid var(--rule);border-radius:8px;background:var(--card)}
    .data{width:100%;border-collapse:collapse;font-size:.825rem;line-height:1.45}
    .data th,.data td{padding:.45rem .65rem;text-align:left;vertical-align:top}
    .data thead th{background:var(--tint);color:var(--soft);font-weight:500;white-space:nowrap;border-bottom:1px solid var(--rule)}
    .data thead th:has(button){padding:0}
    .data button{all:unset;box-sizing:border-box;width:100%;padding:.45rem .65rem;cursor:pointer}
    .data button:hover{color:var(--ink)}.data button:focus-visible{outline:2px solid var(--link);outline-offset:-2px}
    .data .n button{text-align:right}
    .data [aria-sort] button{color:var(--ink);font-weight:600}
    .data [aria-sort=ascending] button::after{content:" \2191"}.data [aria-sort=descending] button::after{content:" \2193"}
    .data tbody tr+tr td,.data tbody tr+tr th{border-top:1px solid var(--rule)}
    .data tbody th{font-weight:500}.data .n{text-align:right;white-space:nowrap}.data .z{color:var(--soft)}
    .data tbody tr:hover{background:var(--tint)}
    .data .t{white-space:nowrap;color:var(--soft)}.data .long{min-width:14rem;overflow-wrap:anywhere}
    .remark{color:var(--soft)}.data .remark{display:block}
    code{font:.92em/1.45 var(--mono);unicode-bidi:isolate;white-space:pre-wrap;overflow-wrap:anywhere}
    .data .id code,.data .short{white-space:nowrap}
    .o{white-space:nowrap}.o::before{content:"";display:inline-block;width:.6em;height:.6em;margin-right:.5em;border-radius:50%;background:var(--ok)}
    .o.fail::before{background:var(--fail)}.o.stop::before{background:var(--stop)}.o.gone::before{background:var(--gone)}
    .o.refuse::before{background:var(--refuse)}
    footer{margin-top:4rem;padding-top:1.25rem;padding-bottom:3rem;color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}
    footer p{margin:.2rem 0}
    .searching .chartpart{display:none}
    @media (max-width:62rem){.figures{grid-template-columns:repeat(3,1fr)}.pair{grid-template-columns:minmax(0,1fr)}}
    @media (max-width:40rem){html{scroll-padding-top:6.5rem}header,main,footer,.bar>div{padding-left:1rem;padding-right:1rem}header{padding-top:1.75rem}h1{font-size:1.5rem}
    .figures{grid-template-columns:repeat(2,1fr)}.figures div{padding:.75rem .9rem}
    .bar>div{flex-wrap:wrap}nav{flex-basis:100%}#search{flex:1;min-width:0}#q{flex:1;width:auto;min-width:0}
    .findings li{grid-template-columns:minmax(0,1fr);padding:.55rem .25rem}.findings .trouble{padding-left:.6rem}.findings .when{text-align:left}
    .chart .x:not(.each) li:nth-child(even){display:none}.chart .each li{font-size:.65rem}.chart svg{height:10rem}
    .heat{border-spacing:1px}.heat td{height:1.1rem}.heat tbody th,.heat thead td{width:2rem}}
    @media (forced-colors:active){rect,.heat td,.o::before,.legend li::before{forced-color-adjust:none}}
    @media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--tint:#f4f4f0;--ink:#000;--soft:#444;--rule:#ccc}
    body{font-size:10pt}.bar{display:none}header{padding-top:0}section{margin-top:1.5rem}h2{break-after:avoid}
    .wrap{overflow:visible;border:0}.data tr,.findings li,.chart,.heat,.bars tr{break-inside:avoid}.data thead{display:table-header-group}
    .data th,.data td{padding:.2rem .35rem}.data{font-size:8pt}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
    """#
}
