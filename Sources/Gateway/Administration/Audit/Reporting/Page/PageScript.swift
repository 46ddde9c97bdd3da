/// The script of a page: it sorts and searches tables that are there without it. It makes elements only from text, never
/// from markup.
enum PageScript {
  static let text = #"""
    (function () {
    'use strict';
    var tables = Array.prototype.slice.call(document.querySelectorAll('table.data'));
    var collator = new Intl.Collator(undefined, {numeric: true});

    function key(row, column) {
      var cell = row.cells[column];
      return cell.dataset.k === undefined ? cell.textContent : Number(cell.dataset.k);
    }
    function sort(table, column, heading) {
      var body = table.tBodies[0];
      var rows = Array.prototype.slice.call(body.rows);
      var isNumber = heading.className === 'n' || rows.length > 0 && typeof key(rows[0], column) === 'number';
      var now = heading.getAttribute('aria-sort');
      var order = now === null ? (isNumber ? -1 : 1) : now === 'ascending' ? -1 : 1;
      rows.sort(function (one, other) {
        var a = key(one, column), b = key(other, column);
        if (typeof a === 'number' && typeof b === 'number') return order * (a - b);
        return order * collator.compare(String(a), String(b));
      });
      rows.forEach(function (row) { body.appendChild(row); });
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) { cell.removeAttribute('aria-sort'); });
      heading.setAttribute('aria-sort', order < 0 ? 'descending' : 'ascending');
    }
    tables.forEach(function (table) {
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (heading, column) {
        var button = document.createElement('button');
        button.type = 'button';
        button.textContent = heading.textContent;
        heading.textContent = '';
        heading.appendChild(button);
        button.addEventListener('click', function () { sort(table, column, heading); });
      });
    });

    var box = document.getElementById('q');
    var found = document.getElementById('found');
    var searched = tables.map(function (table) {
      return {
        section: table.closest('section'),
        none: table.closest('section').querySelector('.nomatch'),
        count: table.closest('section').querySelector('.shown'),
        rows: Array.prototype.map.call(table.tBodies[0].rows, function (row) {
          return {row: row, text: row.textContent.toLowerCase()};
        })
      };
    });
    function search() {
      var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      var all = 0;
      searched.forEach(function (part) {
        var matches = 0;
        part.rows.forEach(function (one) {
          var isMatch = words.every(function (word) { return one.text.indexOf(word) >= 0; });
          one.row.hidden = !isMatch;
          if (isMatch) matches += 1;
        });
        all += matches;
        part.none.hidden = matches > 0;
        part.count.textContent = words.length ? matches.toLocaleString('en') + ' of ' + part.rows.length.toLocaleString('en') + ' match' : '';
      });
      document.documentElement.classList.toggle('searching', words.length > 0);
      found.textContent = words.length ? all.toLocaleString('en') + (all === 1 ? ' row matches' : ' rows match') : '';
    }
    function fromAddress() {
      var match = /^#q=(.*)$/.exec(location.hash);
      if (!match) return;
      var text = match[1];
      try { text = decodeURIComponent(text); } catch (error) { }
      box.value = text;
      search();
    }
    box.addEventListener('input', function () {
      search();
      try { history.replaceState(null, '', box.value ? '#q=' + encodeURIComponent(box.value) : '#'); } catch (error) { }
    });
    document.addEventListener('keydown', function (event) {
      if (event.key === '/' && document.activeElement !== box && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        box.focus();
      } else if (event.key === 'Escape' && document.activeElement === box) {
        box.value = '';
        search();
      }
    });
    window.addEventListener('hashchange', fromAddress);
    document.getElementById('search').hidden = false;
    fromAddress();
    })();
    """#
}
